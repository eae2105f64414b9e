"""Whether the record of alerts is in trouble, as a sentence for the screen in English and Chinese. Pure."""

from __future__ import annotations

from floor.history.trouble import Trouble


def sentence(trouble: Trouble, language: str = "en") -> str | None:
    """What to say; ``None`` when all is well."""
    if trouble.quiet:
        return None
    return ("" if language == "zh" else " ").join(_chinese(trouble) if language == "zh" else _english(trouble))


def _english(trouble: Trouble) -> list[str]:
    parts = []
    if trouble.failing_s is not None:
        parts.append(
            f"The database has not taken the record of alerts for {trouble.failing_s:.0f} s ({trouble.reason}). Alerts "
            f"and messages go on; {trouble.waiting} steps wait in memory and {trouble.spilled} on disk, and are "
            "written when it is back."
        )
        if trouble.disk is not None:
            parts.append(f"The data folder cannot be written either ({trouble.disk}): free space in data_dir.")
    if trouble.lost:
        parts.append(f"{trouble.lost} steps of alerts are lost.")
    if trouble.refused:
        parts.append(f"{trouble.refused} steps of alerts were refused and kept aside in the data folder.")
    return parts


def _chinese(trouble: Trouble) -> list[str]:
    parts = []
    if trouble.failing_s is not None:
        parts.append(
            f"数据库已有 {trouble.failing_s:.0f} 秒未写入告警记录（{trouble.reason}）。告警与通知照常进行；"
            f"内存中有 {trouble.waiting} 条、磁盘上有 {trouble.spilled} 条等待写入，数据库恢复后自动补写。"
        )
        if trouble.disk is not None:
            parts.append(f"数据目录也无法写入（{trouble.disk}）：请清理 data_dir 的空间。")
    if trouble.lost:
        parts.append(f"已丢失 {trouble.lost} 条告警记录。")
    if trouble.refused:
        parts.append(f"有 {trouble.refused} 条告警记录被拒绝，已另存于数据目录。")
    return parts
