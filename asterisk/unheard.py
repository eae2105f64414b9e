"""Why nothing is heard: what a supervisor is told when an exchange would not, or cannot, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from asterisk.spies import Words
from floor.errors import ActionInvalidError, ActionTimeoutError, LinkBusyError, LinkError

NO_LINK: Words = ("there is no link to the exchange", "与交换机没有连接")
UNASKED: Mapping[type[LinkError], str] = {
    ActionTimeoutError: "交换机没有应答",
    ActionInvalidError: "来电显示中含有不允许的字符",
    LinkBusyError: "交换机繁忙，请稍后再试",
}
"""The link's own sentences, in Chinese; others say that there is no link."""
NO_CALL: Words = ("there is no such call", "没有这个通话")
NO_PHONE: Words = ("the phone to ring is not of the form TECHNOLOGY/NUMBER", "要呼叫的话机格式应为“技术/号码”")
UNRUNG: Words = ("the exchange could not ring the phone", "交换机无法呼叫该话机")
UNHEARD: Words = (
    "the exchange did not say within 5 s that it listens; floor check tells whether the account may hear it",
    "交换机未在 5 秒内确认开始监听；可用 floor check 检查账户能否收到该事件",
)
FULL: Words = (
    "as many listen already as may at once ([listening] lines)",
    "同时监听的人数已达上限（[listening] lines）",
)
NO_BROWSER: Words = (
    "this exchange cannot bring the audio to a browser (chan_audiosocket is not loaded there, or [listening] browser "
    "is off); it can ring your phone",
    "该交换机无法把声音送到浏览器（未加载 chan_audiosocket，或 [listening] browser 已关闭），可改为呼叫您的话机",
)
NO_TONE: Words = (
    "the tone that tells the agent cannot be played (chan_audiosocket is not loaded there, or [listening] browser is "
    "off), so nobody may listen",
    "无法向坐席播放监听提示音（未加载 chan_audiosocket，或 [listening] browser 已关闭），因此不能监听",
)


def unconnected(dial: str) -> Words:
    return (
        f"the exchange could not bring the audio to {dial}: chan_audiosocket is missing, or a firewall is between",
        f"交换机无法把声音送到 {dial}：缺少 chan_audiosocket，或中间有防火墙",
    )


def unjoined(dial: str) -> Words:
    return (
        f"the phone was answered, but the exchange could not bring its sound to {dial}; try again: from now on the "
        "phone listens by itself, and rings again for another mode",
        f"话机已接听，但交换机无法把其声音送到 {dial}；请重试：此后由话机直接监听，切换方式时会重新振铃",
    )


def refused(said: str) -> Words:
    """What the exchange answered; the link's own words when there was no answer."""
    if "ermission denied" in said:
        return (
            "the account on the exchange may not order calls; config/floorwatch-manager-console.conf gives the right",
            "交换机账户无权发起呼叫；请加入 config/floorwatch-manager-console.conf",
        )
    return f"the exchange refused: {said}", f"交换机拒绝：{said}"
