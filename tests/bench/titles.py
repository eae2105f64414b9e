"""What a reading is called in docs/speed.md and in docs/zh/speed.md; one that is not here goes by its own name."""

from __future__ import annotations

TITLES: dict[str, tuple[str, str]] = {
    "ingest.times_panoramisk": ("AMI read, times panoramisk", "AMI 读取，panoramisk 的倍数"),
    "ingest.of_bare": ("AMI read, share of a bare parser", "AMI 读取，占裸解析器速度的比例"),
    "patch.events_per_s": ("bytes to patch, AMI events", "字节到补丁，AMI 事件"),
    "patch.calls_per_s": ("bytes to patch, calls", "字节到补丁，通话"),
    "patch.pages_us_per_event": ("pages, per event", "页面，每事件"),
    "big_floor.processor": ("big floor, processor", "大现场，处理器占用"),
    "big_floor.stamp_to_socket_p99": ("big floor, stamp to socket, p99", "大现场，事件时间戳到套接字，p99"),
    "big_floor.memory_growth": ("big floor, growth of memory", "大现场，内存增长"),
    "glass.event_to_dom_p50": ("event to glass, p50", "事件到屏幕，p50"),
    "glass.event_to_dom_p99": ("event to glass, p99", "事件到屏幕，p99"),
    "relay.publish_us_per_fact": ("relay, telling a fact", "中继，发布一个事实"),
    "relay.read_us_per_fact": ("relay, reading a fact", "中继，读取一个事实"),
    "relay.fact_to_node_p50": ("relay, a fact to another node, p50", "中继，事实到另一节点，p50"),
    "relay.fact_to_node_p99": ("relay, a fact to another node, p99", "中继，事实到另一节点，p99"),
    "relay.checkpoint_write": ("relay, writing 5,000 agents", "中继，写出 5,000 座席"),
    "relay.checkpoint_read": ("relay, reading 5,000 agents", "中继，读入 5,000 座席"),
    "relay.checkpoint_take": ("relay, taking 5,000 agents", "中继，接管 5,000 座席"),
    "stages.cut": ("cut the stream into events", "切分字节流为事件"),
    "stages.translate": ("read headers, say facts", "读取字段，译为事实"),
    "stages.state": ("apply to the floor", "更新现场状态"),
    "stages.figures": ("figures of today and of the last hour", "今日与最近一小时的指标"),
    "stages.rules": ("look whether a rule is broken", "检查规则"),
    "stages.alerts": ("life of alerts", "告警生命周期"),
    "stages.record": ("hand over to the record", "交付历史记录"),
    "stages.threads": ("other threads: writing the record", "其他线程：写入历史"),
    "stages.people": ("people, requests", "人员与申请"),
    "stages.views": ("what each screen shows of it", "各屏幕显示的内容"),
    "stages.encode": ("encode patches", "编码补丁"),
    "stages.send": ("hand to a hundred sockets", "送入一百个套接字"),
    "stages.garbage": ("collector of garbage", "垃圾回收"),
    "stages.loop": ("event loop, sockets", "事件循环与套接字"),
    "stages.other": ("anything else", "其他"),
    "stages.whole": ("all of it", "合计"),
}


def title(what: str, language: int = 0) -> str:
    """English (0) or Chinese (1); without a title its own name, readable."""
    known = TITLES.get(what)
    return known[language] if known is not None else what.replace(".", ": ", 1).replace("_", " ")
