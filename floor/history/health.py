"""Whether the history is in trouble, as a sentence for the screen in English and Chinese. Pure."""

from __future__ import annotations

from floor.history.trouble import Trouble


def sentence(trouble: Trouble, language: str = "en") -> str | None:
    """What to say; ``None`` when all is well. ``language`` is ``en`` or ``zh``."""
    if trouble.quiet:
        return None
    parts = _chinese(trouble) if language == "zh" else _english(trouble)
    return ("" if language == "zh" else " ").join(parts)


def _english(trouble: Trouble) -> list[str]:
    parts = []
    if trouble.failing_s is not None:
        parts.append(
            f"The history database has taken nothing for {trouble.failing_s:.0f} s ({trouble.reason}); "
            f"{trouble.waiting} entries wait in memory and {trouble.spilled} on disk, and are written when it is back."
        )
        if trouble.disk is not None:
            parts.append(
                f"The data folder cannot be written either ({trouble.disk}): only the newest are kept. "
                "Free space in data_dir or make it writable."
            )
    if trouble.lost:
        parts.append(f"{trouble.lost} entries of the history are lost.")
    if trouble.refused:
        parts.append(f"{trouble.refused} entries were refused by the database and kept aside in the data folder.")
    return parts


def _chinese(trouble: Trouble) -> list[str]:
    parts = []
    if trouble.failing_s is not None:
        parts.append(
            f"历史数据库已有 {trouble.failing_s:.0f} 秒未写入（{trouble.reason}）；"
            f"内存中有 {trouble.waiting} 条、磁盘上有 {trouble.spilled} 条等待写入，数据库恢复后自动补写。"
        )
        if trouble.disk is not None:
            parts.append(f"数据目录也无法写入（{trouble.disk}）：只保留最新的记录。请清理 data_dir 的空间或使其可写。")
    if trouble.lost:
        parts.append(f"已丢失 {trouble.lost} 条历史记录。")
    if trouble.refused:
        parts.append(f"有 {trouble.refused} 条记录被数据库拒绝，已另存于数据目录。")
    return parts
