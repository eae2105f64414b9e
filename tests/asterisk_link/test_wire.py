"""AMI framing and parsing, by example, by property, by fuzz; and what may not go out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.wire import Framer, Message, check_action, event_name, every, first, parse, seconds_of
from floor.errors import ActionInvalidError, WireError

GREETING = b"Asterisk Call Manager/9.0.0\r\n"

texts = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}", fullmatch=True)
messages = st.lists(st.tuples(names, texts), min_size=1, max_size=6)
newlines = st.sampled_from([b"\r\n", b"\n"])


def encode(headers: list[tuple[str, str]], newline: bytes) -> bytes:
    return b"".join(f"{key}: {value}".encode() + newline for key, value in headers) + newline


def chop(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts})
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


def frames(chunks: list[bytes]) -> list[bytes]:
    framer = Framer()
    return [frame for chunk in chunks for frame in framer.feed(chunk)]


@given(st.lists(messages, max_size=5), newlines, st.lists(st.integers(0, 10_000), max_size=12), st.booleans())
def test_any_chopping_equals_the_whole(
    stream: list[list[tuple[str, str]]], newline: bytes, cuts: list[int], greeted: bool
) -> None:
    """However the bytes are chopped up, also inside a character, the same messages come out, none lost, none torn."""
    data = (GREETING.replace(b"\r\n", newline) if greeted else b"") + b"".join(
        encode(message, newline) for message in stream
    )
    whole = [parse(frame) for frame in frames([data])]
    assert [parse(frame) for frame in frames(chop(data, cuts))] == whole
    assert len(whole) == len(stream)


@given(st.lists(st.sampled_from([b"\r", b"\n", b"A: 1", b"Event: X", b":", b"\xff", b" "]), max_size=40), st.data())
def test_noise_is_framed_the_same_however_it_is_chopped(parts: list[bytes], data: st.DataObject) -> None:
    """Line ends in any disorder make the same frames whole and byte by byte."""
    noise = GREETING + b"".join(parts)
    assert frames([noise]) == frames([noise[i : i + 1] for i in range(len(noise))])


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(noise: bytes) -> None:
    """Whatever the bytes, framing and parsing give messages of strings and raise nothing."""
    for frame in frames([noise + b"\r\n\r\n"]):
        message = parse(frame)
        assert all(isinstance(key, str) and isinstance(value, str | list) for key, value in message.items())
        assert isinstance(event_name(frame), bytes)


@given(messages)
def test_headers_survive_the_journey(headers: list[tuple[str, str]]) -> None:
    """Every header arrives with its value; repeated ones in order."""
    [frame] = frames([GREETING, encode(headers, b"\r\n")])
    message = parse(frame)
    for key in {key for key, _ in headers} - {"Event", "ActionID", "Response"}:
        assert every(message, key) == [value for name, value in headers if name == key]


def test_the_greeting_is_no_message() -> None:
    """The greeting has no blank line and is taken off, even in pieces."""
    framer = Framer()
    assert framer.feed(b"Asterisk Call Man") == []
    assert framer.greeting is None
    assert framer.feed(b"ager/9.0.0\r\nResponse: Success\r\n\r\n") == [b"Response: Success"]
    assert framer.greeting == "Asterisk Call Manager/9.0.0"


def test_a_first_line_that_is_no_greeting_is_kept() -> None:
    """Another protocol is recognised by its first line, and a stream without greeting is read all the same."""
    framer = Framer()
    assert framer.feed(b"SSH-2.0-OpenSSH_9.2\r\n") == []
    assert framer.greeting == ""
    assert frames([b"Event: A\r\n\r\n"]) == [b"Event: A"]


def test_repeated_headers_become_a_list_but_the_first_event_wins() -> None:
    """A second Event or ActionID, which a UserEvent could smuggle in, changes nothing."""
    message = parse(
        b"Event: UserEvent\r\nChanVariable: a=1\r\nEvent: Hangup\r\nChanVariable: b=2\r\nActionID: 1\r\nActionID: 2"
    )
    assert message == {"Event": "UserEvent", "ChanVariable": ["a=1", "b=2"], "ActionID": "1"}
    assert first(message, "ChanVariable") == "a=1"
    assert every(message, "Nothing") == []


def test_values_keep_colons_and_spaces() -> None:
    """Only the first colon parts key and value, and one space is taken off."""
    assert parse(b"Uri: sip:1@h:5060\r\nReason:  two \r\nEmpty:\r\nTight:x") == {
        "Uri": "sip:1@h:5060",
        "Reason": " two ",
        "Empty": "",
        "Tight": "x",
    }


def test_command_output_is_a_list_of_lines() -> None:
    """Output headers and bare lines (older versions) are gathered alike."""
    assert every(parse(b"Response: Success\r\nOutput: one\r\nOutput: two"), "Output") == ["one", "two"]
    assert every(parse(b"Response: Follows\r\nPrivilege: Command\r\none\r\n--END COMMAND--"), "Output") == [
        "one",
        "--END COMMAND--",
    ]


def test_wrong_bytes_are_replaced() -> None:
    """Bytes that are no UTF-8 do not lose the message."""
    assert parse(b"Event: A\r\nName: Jos\xe9") == {"Event": "A", "Name": "Jos�"}


def test_a_message_without_end_is_refused() -> None:
    """Ten megabytes without a blank line are given up at the cap."""
    framer = Framer(cap=100_000)
    framer.feed(GREETING)
    line = b"Garbage: " + b"x" * 989 + b"\r\n"
    for _ in range(100):
        framer.feed(line)
    with pytest.raises(WireError):
        framer.feed(line)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Reason", "lunch\r\nAction: Originate"),
        ("Reason", "lunch\nx"),
        ("Reason", "lunch\x00"),
        ("Reason", "lunch\x85"),
        ("Reason", "\ud800"),
        ("Reason", "x" * 2_000),
        ("Rea\r\nson", "x"),
        ("Reason: x", "y"),
        ("", "y"),
    ],
)
def test_an_action_that_would_not_arrive_as_written_is_refused(key: str, value: str) -> None:
    """Line breaks, control characters, non-characters and overlong lines never reach the wire, in key or value."""
    with pytest.raises(ActionInvalidError) as caught:
        check_action({"Action": "QueuePause", key: value})
    assert "Originate" not in str(caught.value)


def test_repeated_values_are_checked_and_counted() -> None:
    """A list of values is a list of headers."""
    check_action({"Variable": ["a=1", "b=二"]})
    with pytest.raises(ActionInvalidError):
        check_action({"Variable": ["a=1", "b\n"]})
    with pytest.raises(ActionInvalidError):
        check_action({"Variable": ["a=1"] * 200})


@pytest.mark.parametrize(("value", "seconds"), [("1.5", 1.5), ("", None), ("nan", None), ("soon", None)])
def test_seconds_are_read_or_not_known(value: str, seconds: float | None) -> None:
    """A time that is none is not known, never zero."""
    message: Message = {"Timestamp": value}
    assert seconds_of(message, "Timestamp") == seconds
