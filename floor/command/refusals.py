"""Why a command is refused: a status and a sentence in both languages for each reason, in one table."""

from __future__ import annotations

from collections.abc import Mapping

from floor.command.ports import NotAllowedError

REFUSALS: dict[str, tuple[int, str, str]] = {
    "no_right": (403, "your role may not do this", "您的角色无权执行此操作"),
    "no_agent": (404, "there is no such agent of yours", "您的范围内没有该座席"),
    "no_command": (404, "there is no such command of yours", "您没有这一操作"),
    "no_queue": (404, "there is no such queue of yours", "您的范围内没有该队列"),
    "no_caller": (409, "this caller does not wait any more", "该来电者已不在排队"),
    "nobody_waits": (409, "nobody waits in {queue}", "{queue}中无人排队"),
    "no_link": (409, "there is no link to the exchange {pbx}", "与交换机{pbx}的连接中断"),
    "no_call": (409, "{agent} talks to nobody just now", "{agent}目前没有通话"),
    "other_call": (409, "that call is over; {agent} has another one", "该通话已结束，{agent}正在进行另一通话"),
    "no_party": (409, "it is not known who is at the other end of this call", "无法确定该通话的另一方"),
    "not_member": (409, "{agent} is no member of {queue}", "{agent}不是{queue}的成员"),
    "no_members": (409, "{agent} is logged in to no queue", "{agent}未签入任何队列"),
    "member_already": (409, "{agent} is a member of {queue} already", "{agent}已是{queue}的成员"),
    "static": (409, "{agent} is a fixed member there, whom the exchange lets nobody take out; pause him instead",
               "{agent}是固定成员，交换机不允许移出，请改为示忙"),
    "no_seat": (409, "it is not known at which phone {agent} sits; he has to log in there himself",
                "不知道{agent}使用哪部话机，请由其本人在话机上签入"),
    "paused_already": (409, "{agent} is paused already for that reason", "{agent}已因该原因示忙"),
    "not_paused": (409, "{agent} is not paused", "{agent}未示忙"),
    "no_phone": (409, "no phone of yours is known at {pbx}: log in at one, or have its number put down as your contact",
                 "{pbx}上没有您的话机：请在话机上签入，或将号码登记为您的联系方式"),
    "phone_busy": (409, "your phone {phone} has a call; end it first", "您的话机{phone}正在通话，请先结束"),
    "own_phone": (409, "{agent} sits at your own phone", "{agent}使用的正是您自己的话机"),
    "unreachable": (409, "the phone {phone} cannot be reached just now", "话机{phone}目前无法接通"),
    "busy": (409, "{agent} has a call already", "{agent}正在通话或振铃"),
    "same_agent": (409, "the caller is with {agent} already", "来电者已由{agent}接待"),
    "no_context": (409, "no context for transfers is set (console.transfer_context)",
                   "未设置转接用的拨号方案上下文（console.transfer_context）"),
    "unconfirmed": (409, "this wants to be confirmed", "此操作需要再次确认"),
    "reason": (422, "the reason must be one of: {reasons}", "示忙原因须为以下之一：{reasons}"),
    "number": (422, "a number consists of at most 32 digits, star, hash or plus",
               "号码只能由数字、星号、井号或加号组成，且不超过32位"),
    "target": (422, "say agent:NAME or number:DIGITS", "请使用 agent:名称 或 number:号码"),
    "penalty": (422, "a penalty is a whole number from 0 to {most}", "优先级须为0至{most}的整数"),
    "note": (422, "the note is longer than {most} characters, or not readable text",
             "备注超过{most}个字符，或含有不可读的字符"),
    "too_often": (429, "that was too often; wait a minute", "操作过于频繁，请一分钟后再试"),
    "unrecorded": (503, "it cannot be put on record just now, so it is not done", "目前无法写入审计记录，因此不执行"),
}  # fmt: skip
"""Reason -> (status, English, Chinese)."""


def refused(reason: str, foresee: Mapping[str, str] | None = None, **slots: str | int) -> NotAllowedError:
    """The refusal for a reason of the table."""
    status, en, zh = REFUSALS[reason]
    return NotAllowedError(status, en.format(**slots), zh.format(**slots), foresee)
