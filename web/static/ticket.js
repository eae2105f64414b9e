/** A ticket for a stream of somebody who is signed in: good once, for half a minute. Rejects when there is none. */
export async function ticket(ask = (...asked) => fetch(...asked)) {
  const answer = await ask("/api/v1/ticket", { cache: "no-store" });
  if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
  return (await answer.json()).ticket;
}
