"""The pure parts of the sound of a listening, run in the browser they are made for."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from floor.listening.model import Mode, Purpose, Way

Run = Callable[..., Any]

TONE = """(hz, rate, count) =>
  Float32Array.from({ length: count }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rate))"""
POWER = """(samples, hz, rate) => { let c = 0, s = 0;
  samples.forEach((x, i) => { const w = (2 * Math.PI * hz * i) / rate; c += x * Math.cos(w); s += x * Math.sin(w); });
  return (2 * Math.hypot(c, s)) / samples.length; }"""
RESAMPLED = f"""((a) => {{ const tone = {TONE}; const power = {POWER};
  const r = new m.Resampler(a.from, a.to); const out = [];
  const heard = tone(a.hz, a.from, a.from);
  for (let i = 0; i < heard.length; i += 128) {{
    r.push(heard.subarray(i, i + 128)); const got = new Float32Array(r.ready); r.take(got); out.push(...got);
  }}
  const steady = out.slice(1000, -1000);
  return {{ length: out.length, at: a.look.map((hz) => power(steady, hz, a.to)) }}; }})(a)"""


def test_a_frame_is_read_as_it_is_written_on_the_wire(run: Run) -> None:
    """Number and milliseconds big endian, then samples little endian, left and right in turn; one channel is both."""
    two = struct.pack(">II", 7, 140) + struct.pack("<4h", 16384, -16384, 32767, -32768)
    read = """(() => { const f = m.opened(new Uint8Array(a[0]).buffer, a[1]);
      return f && [f.number, f.at, [...f.left], [...f.right]]; })()"""
    assert run("audio/frames", read, [list(two), 2]) == [7, 140, [0.5, pytest.approx(1, abs=1e-4)], [-0.5, -1]]
    assert run("audio/frames", read, [list(two), 1])[2] == run("audio/frames", read, [list(two), 1])[3]
    for spoilt in (two[:8], two[:-1], b"", b"\0" * 7):
        assert run("audio/frames", read, [list(spoilt), 2]) is None


def test_our_voice_is_written_as_the_server_takes_it(run: Run) -> None:
    """Signed 16 bit, little endian; what is too loud is cut off at full scale."""
    written = run("audio/frames", "[...new Uint8Array(m.packed(Float32Array.from(a)))]", [0, 0.5, 2, -2])
    assert struct.unpack("<4h", bytes(written)) == (0, 16383, 32767, -32767)


@pytest.mark.parametrize(("before", "number", "gone"), [(1, 2, 0), (1, 5, 3), (2**32 - 1, 0, 0), (2**32 - 1, 1, 1)])
def test_missing_frames_are_counted_across_the_wrap(run: Run, before: int, number: int, gone: int) -> None:
    """Numbers wrap at 2³²."""
    assert run("audio/frames", "m.missing(...a)", [before, number]) == gone


@pytest.mark.parametrize("rate", [44100, 48000])
def test_upsampling_keeps_the_tone_and_makes_no_image(run: Run, rate: int) -> None:
    """1 kHz at 8 kHz is 1 kHz at the sound card's rate, as loud; its image at 7 kHz is 60 dB below."""
    done = run("audio/resampler", RESAMPLED, {"from": 8000, "to": rate, "hz": 1000, "look": [1000, 7000, 9000]})
    assert done["length"] == pytest.approx(rate, rel=0.01)
    tone, *images = done["at"]
    assert tone == pytest.approx(0.5, rel=0.01)
    assert max(images) < 0.0005


@pytest.mark.parametrize("rate", [44100, 48000])
def test_downsampling_leaves_out_what_would_fold_back(run: Run, rate: int) -> None:
    """A voice's 1 kHz stays as it is; 6 kHz, which would come back as 2 kHz, is 60 dB down."""
    kept = run("audio/resampler", RESAMPLED, {"from": rate, "to": 8000, "hz": 1000, "look": [1000]})
    assert kept["length"] == pytest.approx(8000, rel=0.01)
    assert kept["at"][0] == pytest.approx(0.5, rel=0.01)
    folded = run("audio/resampler", RESAMPLED, {"from": rate, "to": 8000, "hz": 6000, "look": [2000]})
    assert folded["at"][0] < 0.0005


def test_a_block_is_promised_exactly(run: Run) -> None:
    """What `needs` asks for is enough for the block, and one sample less is not."""
    source = """(() => { const r = new m.Resampler(8000, 44100); const out = new Float32Array(128); const got = [];
      for (let i = 0; i < 500; i++) {
        r.push(new Float32Array(r.needs(128)));
        got.push(r.take(out), r.ready);
      }
      return [Math.min(...got.filter((_, i) => i % 2 === 0)), Math.max(...got.filter((_, i) => i % 2 === 1))]; })()"""
    taken, left_over = run("audio/resampler", source)
    assert taken == 128
    assert left_over <= 6  # less than one sample of 8 kHz


PLAYED = f"""((a) => {{ const tone = {TONE}; const power = {POWER}; const j = new m.JitterBuffer(8000);
  const sides = [tone(390, 8000, 8000 * 12), tone(570, 8000, 8000 * 12)];
  const cut = (side, number) => side.subarray(number * 160, number * 160 + 160);
  const frames = a.frames.map(([number, came]) =>
    ({{ came, number, left: cut(sides[0], number), right: cut(sides[1], number) }}));
  const left = new Float32Array(8), right = new Float32Array(8); const out = [], other = []; let depth = [];
  for (let now = 0; now < a.until; now += 1) {{
    while (frames.length && frames[0].came <= now) j.put(frames.shift(), now);
    j.take(8, left, right); out.push(...left); other.push(...right); depth.push(j.depthMs);
  }}
  const jumps = out.map((x, i) => (i ? Math.abs(x - out[i - 1]) : 0));
  const steady = (side, hz) => power(side.slice(4000), hz, 8000);
  return {{ first: out.findIndex((x) => x !== 0) / 8, jump: Math.max(...jumps),
    depth: depth.at(-1), deepest: Math.max(...depth), target: j.target, dropped: j.dropped, concealed: j.concealed,
    power: [steady(out, 390), steady(other, 570), steady(out, 570)] }}; }})(a)"""


def _play(run: Run, frames: Sequence[tuple[int, float]], until: float) -> dict[str, Any]:
    played: dict[str, Any] = run("audio/jitter", PLAYED, {"frames": frames, "until": until})
    return played


STEP = 0.5 * 2 * math.pi * 390 / 8000
"""The largest difference of neighbouring samples of an undisturbed tone."""


def test_even_frames_are_played_whole_after_the_least_wait(run: Run) -> None:
    """40 ms are held, nothing is left out or made up, and each side stays on its side."""
    played = _play(run, [(n, 20 * n) for n in range(200)], 3900)
    assert 20 <= played["first"] <= 60
    assert (played["dropped"], played["concealed"]) == (0, 0)
    agent, other, crossed = played["power"]
    assert agent == pytest.approx(0.5, rel=0.02)
    assert other == pytest.approx(0.5, rel=0.02)
    assert crossed < 0.01
    assert played["jump"] <= STEP * 1.05


def test_a_burst_network_is_given_a_deeper_buffer(run: Run) -> None:
    """Frames that come four at a time are asked to wait longer, up to 120 ms; then nothing is missing any more."""
    played = _play(run, [(n, 20 * (n - n % 4 + 3)) for n in range(400)], 7900)
    assert 60 < played["target"] <= 120
    assert played["concealed"] <= 60  # once, while it learns
    assert played["deepest"] < 250


def test_what_is_far_too_late_is_left_out(run: Run) -> None:
    """After a stop of a second its backlog comes at once: the oldest goes, the delay does not stay."""
    frames = [(n, 20 * n if n < 50 or n > 100 else 2020) for n in range(200)]
    played = _play(run, frames, 3900)
    assert played["dropped"] > 500
    assert played["depth"] < 260
    assert played["jump"] < 0.6


def test_a_gap_is_faded_and_not_clicked(run: Run) -> None:
    """Frames the server left out, and a silence of the network: no jump beyond what the tone itself does."""
    left_out = _play(run, [(n, 20 * n) for n in range(100) if not 40 <= n < 46], 1900)
    assert left_out["jump"] < 3 * STEP
    stopped = _play(run, [(n, 20 * n + (300 if n >= 50 else 0)) for n in range(150)], 3200)
    assert stopped["concealed"] > 0
    assert stopped["jump"] < 3 * STEP


def test_a_clock_that_runs_faster_does_not_fill_the_buffer(run: Run) -> None:
    """An exchange whose second is 0.3 % short: the buffer says how much faster to play, the right way round."""
    source = """(() => { const out = new Float32Array(161); const side = new Float32Array(160);
      return a.map((taken) => { const j = new m.JitterBuffer(8000);
        for (let n = 0; n < 300; n++) {
          j.put({ number: n, left: side, right: side }, n * 20);
          if (n > 0) j.take(taken, out, out);
        }
        return j.bend; }); })()"""
    faster, even, slower = run("audio/jitter", source, [159, 160, 161])
    assert 0 < faster <= 0.005
    assert -0.005 <= slower < 0
    assert abs(even) <= 0.002


def test_lateness_forgets_a_bad_moment_and_takes_a_jump_for_a_new_beginning(run: Run) -> None:
    """One late frame deepens the buffer for a while; a call whose clock begins anew does not count as late."""
    source = """(() => { const l = new m.Lateness(); const targets = [];
      for (let n = 0; n < 50; n++) l.hear(n * 20, n * 20);
      targets.push(l.target); l.hear(1000, 1070); targets.push(l.target);
      for (let n = 51; n < 3000; n++) l.hear(n * 20, n * 20);
      targets.push(l.target); l.hear(0, 60300); targets.push(l.target); return targets; })()"""
    calm, late, after, anew = run("audio/jitter", source)
    assert (calm, after, anew) == (40, 40, 40)
    assert late == 90


def test_levels_are_root_mean_squares(run: Run) -> None:
    """A sine of half scale has 0.5/√2 on its side, silence none; reading begins anew."""
    source = f"""(() => {{ const meter = new m.Meter(); const tone = {TONE};
      meter.hear(tone(1000, 8000, 800), new Float32Array(800)); return [meter.read(), meter.read()]; }})()"""
    assert run("audio/level", source) == [[pytest.approx(0.5 / math.sqrt(2), rel=1e-3), 0], [0, 0]]


@pytest.mark.parametrize(("rms", "share"), [(1, 1), (0.001, 0), (0, 0), (0.0316228, 0.5), (2, 1)])
def test_a_meter_reaches_from_60_db_below_to_full(run: Run, rms: float, share: float) -> None:
    """−60 dB is empty, −30 dB half, full scale full."""
    assert run("audio/level", "m.filled(a)", rms) == pytest.approx(share, abs=1e-3)


def test_delay_is_the_sum_of_its_parts(run: Run) -> None:
    """Half the quickest of the latest round trips, a frame, the buffer, the sound card; unknown without a trip."""
    trip = """(() => { const t = new m.RoundTrip(); const none = t.ms;
      [[0, 80], [100, 130], [200, 290], [300, 250]].forEach((p) => t.hear(...p));
      const whole = m.delayOf({ roundTripMs: t.ms, bufferedMs: 45, cardMs: 10 });
      return [none, t.ms, whole, m.delayOf({ roundTripMs: null, bufferedMs: 1 })]; })()"""
    assert run("audio/delay", trip) == [None, 30, 90, None]


def test_every_word_of_listening_is_there_in_both_languages(run: Run) -> None:
    """English and Chinese, with the same blanks; every way a listening ends has its sentence."""
    words = run("work/listenwords", "m.default")
    blanks = {key: [set(re.findall(r"\{\w+\}", text)) for text in texts] for key, texts in words.items()}
    assert {key for key, texts in words.items() if len(texts) != 2 or not all(texts)} == set()
    assert {key for key, (english, chinese) in blanks.items() if english != chinese} == set()
    ends = (
        "call_ended stopped signed_out locked right_lost out_of_scope link_lost restarted stream_lost failed unrecorded"
    )
    assert {f"listening.ended.{end}" for end in (*ends.split(), "too_long", "closed")} <= set(words)
    for kind, names in (("mode", Mode), ("purpose", Purpose), ("way", Way)):
        prefix = "listening." if kind == "mode" else f"listening.{kind}."
        assert {f"{prefix}{name}" for name in names} <= set(words)
