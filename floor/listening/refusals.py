"""Why a listening is refused: a status and a sentence in both languages for each reason, in one table."""

from __future__ import annotations

from floor.listening.ports import NotAdmittedError

REFUSALS: dict[str, tuple[int, str, str]] = {
    "no_right": (
        403,
        "with your role you may not {mode}",
        "您的角色无权{mode}",
    ),
    "purpose": (
        403,
        "with your role you may listen for {allowed} only",
        "您的角色只能以下列目的监听：{allowed}",
    ),
    "oneself": (403, "nobody listens to himself", "不能监听自己"),
    "no_agent": (404, "there is no such agent of yours", "您的范围内没有该座席"),
    "no_listening": (404, "there is no such listening of yours", "您没有这一监听"),
    "no_link": (
        409,
        "there is no link to the exchange, so nobody would know when the call ends",
        "与交换机的连接中断，无法得知通话何时结束",
    ),
    "no_call": (409, "the agent has no call just now", "该座席目前没有通话"),
    "other_call": (409, "that call is over; the agent has another one", "该通话已结束，座席正在进行另一通话"),
    "already": (409, "you listen to this agent already", "您已在监听该座席"),
    "call_full": (
        409,
        "{most} listen to this call already, which is as many as may",
        "已有{most}人监听该通话，达到上限",
    ),
    "person_full": (
        409,
        "you listen to {most} agents already, which is as many as may be",
        "您已在监听{most}名座席，达到上限",
    ),
    "no_browser": (
        409,
        "this exchange cannot be listened to in the browser; listen on your phone",
        "该交换机不支持在浏览器中监听，请使用话机监听",
    ),
    "no_ring": (409, "this exchange cannot be listened to on a phone", "该交换机不支持用话机监听"),
    "no_phone": (
        409,
        "no phone of yours is known at this exchange",
        "该交换机上没有您的话机",
    ),
    "his_phone": (409, "your phone is the one to be listened to", "要监听的正是您自己的话机"),
    "over": (409, "this listening is over", "该监听已结束"),
    "not_on": (409, "there is no call to speak into just now", "目前没有可以介入的通话"),
    "note": (
        422,
        "the note is longer than {most} characters, or not readable text",
        "备注超过{most}个字符，或含有不可读的字符",
    ),
    "too_often": (429, "that was too often; wait a minute", "操作过于频繁，请一分钟后再试"),
    "not_heard": (502, "the exchange would not: {said}", "交换机未能接通监听：{said}"),
    "unrecorded": (
        503,
        "it cannot be put on record just now, so it is not done",
        "目前无法写入审计记录，因此不执行",
    ),
}
"""Reason -> (status, English, Chinese)."""

MODES = {
    "listen": ("listen", "监听"),
    "whisper": ("whisper", "耳语"),
    "barge": ("barge in", "强插"),
}
PURPOSES = {
    "qa": ("quality assurance", "质检"),
    "coaching": ("coaching", "辅导"),
    "help": ("help", "协助"),
    "incident": ("an incident", "突发事件"),
}


def refused(reason: str, **slots: str | int | tuple[str, str]) -> NotAdmittedError:
    """The refusal for a reason of the table; a slot may be a pair of words, English and Chinese."""
    status, en, zh = REFUSALS[reason]
    english, chinese = (
        {name: value[place] if isinstance(value, tuple) else value for name, value in slots.items()} for place in (0, 1)
    )
    return NotAdmittedError(status, en.format(**english), zh.format(**chinese))
