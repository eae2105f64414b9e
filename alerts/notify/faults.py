"""What is wrong with the settings of telling, before anybody has to be told: sentences for ``floor check``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from alerts.model import Text
from alerts.notify.errors import NotToldError
from alerts.notify.files import first_line
from alerts.notify.http import place
from alerts.notify.speech import PROGRAM
from floor.sections.notify import NotifySettings


def faults(settings: NotifySettings, exchanges: Collection[str]) -> Iterator[Text]:
    """One sentence per mistake, naming its key, in both languages."""
    for key, file in _files(settings):
        yield from _unreadable(key, file)
    for name, webhook in settings.webhook.items():
        try:
            place(webhook.url)
        except NotToldError as error:
            yield _said(f"notify.webhook.{name}.url", str(error), "URL 无法使用")
    yield from _phone(settings, exchanges)


def _files(settings: NotifySettings) -> Iterator[tuple[str, Path]]:
    found = {"mail.password_file": settings.mail.password_file, "heartbeat_file": settings.heartbeat_file}
    found |= {f"apprise.{name}": file for name, file in settings.apprise.items()}
    found |= {f"webhook.{name}.secret_file": one.secret_file for name, one in settings.webhook.items()}
    yield from ((f"notify.{key}", file) for key, file in found.items() if file is not None)


def _unreadable(key: str, file: Path) -> Iterator[Text]:
    try:
        first_line(file)
    except NotToldError as error:
        yield _said(key, str(error), f"文件 {file} 无法读取或为空")


def _phone(settings: NotifySettings, exchanges: Collection[str]) -> Iterator[Text]:
    phone = settings.phone
    if phone.pbx is None:
        if settings.paging.groups:
            yield _said("notify.paging", "pages are calls: set notify.phone.pbx", "广播需要先设置 notify.phone.pbx")
        return
    if phone.pbx not in exchanges:
        yield _said("notify.phone.pbx", f"there is no exchange {phone.pbx!r}", f"没有名为 {phone.pbx!r} 的交换机")
    if phone.sounds_dir is None:
        return
    if shutil.which(PROGRAM) is None:
        yield _said("notify.phone.sounds_dir", f"{PROGRAM} is not installed here", f"本机未安装 {PROGRAM}")
    elif not os.access(phone.sounds_dir if phone.sounds_dir.exists() else phone.sounds_dir.parent, os.W_OK):
        yield _said("notify.phone.sounds_dir", "the folder cannot be written to", "目录不可写")


def _said(key: str, en: str, zh: str) -> Text:
    return {"en": f"{key}: {en}", "zh": f"{key}：{zh}"}
