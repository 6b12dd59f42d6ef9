"""From a pasted ceremony report to the month's report, in Chinese, walking only by what the pages show."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SignIn = Callable[..., Any]
CITY, COMPANY, UNIT = "池州市人民政府（演示）", "澜境智能科技有限公司", "市文化旅游部门（演示）"
PDF_HEAD = b"%PDF"

# Written for this test; every name is invented. A text is kept once, so each run pastes one of its own.
REPORT = """\
本报讯（记者 顾思远）11月18日，岚川市人民政府与衡曜智能科技股份有限公司在岚川会议中心签署人工智能应用战略合作协议。\
市委副书记、市长沈怀舟，衡曜智能科技股份有限公司董事长陆景行出席签约仪式并见证签约。
签约前，双方举行了座谈。沈怀舟代表市委、市政府对陆景行一行的到来表示欢迎。\
他说，岚川山水资源丰富，古镇旅游和茶叶加工正处在转型升级的关键阶段，希望衡曜智能把更多成熟的技术带到岚川，帮助景区解决节假日客流预测不准的问题。\
岚川市将在场地、数据和人才落户方面提供支持，全力做好服务保障。
陆景行介绍了公司的发展情况。他表示，衡曜智能将于2027年6月底前在岚川设立区域研发中心，首批派驻工程师20名。\
公司还将为全市6个重点景区提供客流预测服务，并每年为当地培训200名数据标注人员。
根据协议，双方将围绕文旅、农业、政务服务三个领域开展合作。衡曜智能将在两年内投资5000万元，建设茶叶加工质量检测示范线。\
岚川市人民政府应当在协议签署后三个月内成立工作专班，定期会商合作事项。
副市长方映雪主持签约仪式，市文化和旅游局、市农业农村局、市数据资源管理局负责同志参加活动。（来稿编号：{mark}）
"""


def _follow(page: Any, words: str) -> None:
    """Follow the link that shows these words."""
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=words).first.click()


def _press(page: Any, words: str, within: Any = None) -> None:
    """Press the button that shows these words, and wait for the answer."""
    with page.expect_navigation():
        (within or page.locator("main")).get_by_role("button", name=words, exact=True).last.click()


def _in_chinese(page: Any) -> Any:
    page.locator("header").get_by_role("link", name="中文").click()
    page.wait_for_url("**/zh-hans/**")
    return page


def _main(page: Any) -> str:
    return str(page.inner_text("main"))


def _here(site: Site, address: str) -> str:
    """Return an address that was written for the configured host, at the served one."""
    return re.sub(r"^https?://[^/]+", site.address, address.strip())


def _paste(office: Any, title: str, mark: str) -> None:
    _follow(office, "录入协议")
    assert "中文、英文名称填一个即可" in _main(office)
    office.get_by_label("文本类别").select_option(label="报道")
    office.get_by_label("中文名称").fill(title)
    office.get_by_role("textbox", name="文本", exact=False).last.fill(REPORT.format(mark=mark))
    office.get_by_label("为演示而虚构").check()
    _press(office, "读取")
    if "这是同一份协议吗" in office.inner_text("h1"):  # this city has seen an earlier run
        _follow(office, title)
    assert title in office.inner_text("h1")
    assert "11月18日（原文未写年份）" in _main(office)
    assert "沈怀舟的话" in _main(office)


def _say_who_the_parties_are(office: Any) -> None:
    for position, (said, here) in enumerate((("岚川市人民政府", CITY), ("衡曜智能科技股份有限公司", COMPANY))):
        row = office.locator("#parties ul.parties > li").filter(has_text=f"{said} →")
        assert "尚未对应机构" in row.inner_text()
        assert row.get_by_role("link", name="登记机构").count() == 1, "a party that is new here can be registered from here"
        row.locator("summary").click()
        row.get_by_label("机构").first.select_option(label=here)
        if position:
            row.get_by_label("是协议的合作企业").check()
        _press(office, "保存", row)


def _break_down(office: Any) -> None:
    _follow(office, "分解待办的句子")
    office.locator("main tr").filter(has_text="6个重点景区提供客流预测服务").get_by_role("link", name="分解").click()
    office.get_by_label("牵头单位").select_option(label=UNIT)
    office.get_by_label("时限").fill("2027-09-30")
    office.get_by_label("衡量办法（中文）").fill("6个重点景区均可查看次日客流预测")
    _press(office, "生成承诺")
    assert "已分解" in office.locator(".verdict").inner_text()


def _answer_without_an_account(site: Site, office: Any, visitor: Any) -> None:
    _follow(office, "发送一次性链接")
    _press(office, "生成链接")
    address = _here(site, office.inner_text("p.hash"))
    _follow(office, "返回承诺")
    visitor.goto(address)
    assert "是否同意牵头" in _main(visitor)
    visitor.get_by_label("同意牵头", exact=True).check()
    _press(visitor, "提交答复")
    assert "答复已收到" in _main(visitor)
    office.reload()
    assert "单位已接受" in office.locator(".verdict").inner_text()


def _confirm_by_scan(office: Any, folder: Path) -> None:
    """Print the form, bring it back with both stamps; each step starts on the commitment's own page."""
    commitment = office.url
    _follow(office, "打印确认单")
    found = re.search(r"[0-9A-F]{4}(?:-[0-9A-F]{4}){2}", _main(office))
    assert found, "the form carries a check code"
    (folder / "stamped.png").write_bytes(office.screenshot())
    for party in (CITY, COMPANY):
        office.goto(commitment)
        _follow(office, "登记盖章件")
        office.get_by_label("盖章的协议方").select_option(label=party)
        office.get_by_label("校验码").fill(found[0])
        office.get_by_label("扫描件").set_input_files(folder / "stamped.png")
        _press(office, "保存")
        assert f"已登记{party}的盖章件" in office.inner_text("body")
    office.goto(commitment)
    assert "已确认" in office.locator(".verdict").inner_text()
    assert _main(office).count("盖章扫描件确认") == len((CITY, COMPANY))


def _pass_a_milestone(office: Any, supplier: Any, owner: Any, title: str, folder: Path) -> None:
    """The office plans one, the supplier hands in what proves it, the owner countersigns."""
    (folder / "minutes.pdf").write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    for page in (office, supplier, owner):
        page.locator("header").get_by_role("link", name="项目").click()
        page.wait_for_url("**/projects/")
        _follow(page, "三个入园口逐小时客流预测")
    office.locator("summary", has_text="添加里程碑").click()
    form = office.locator("details[open] form")
    form.get_by_label("中文名称").fill(title)
    form.get_by_label("时限").fill("2027-05-30")
    _press(office, "添加", form)
    for page, opener, button in ((supplier, "添加佐证材料", "添加"), (owner, "会签", "会签")):
        page.reload()
        row = page.locator("table.miles tbody tr").filter(has_text=title)
        row.locator("summary", has_text=opener).first.click()
        if page is supplier:
            row.get_by_label("完成情况").fill("现场核验记录，双方签字（为演示而虚构）")
            row.locator("input[type=file]").set_input_files(folder / "minutes.pdf")
        else:
            row.get_by_label("已完成", exact=True).check()
        _press(page, button, row)
    assert "已完成" in owner.locator("table.miles tbody tr").filter(has_text=title).inner_text()


def _print_the_month(page: Any) -> None:
    """The report of the month: on the page, and as PDF."""
    _follow(page, "月报")
    assert UNIT in _main(page)
    assert "6个重点景区均可查看次日客流预测" in _main(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(PDF_HEAD)


def test_from_a_pasted_report_to_the_month_in_chinese(site: Site, page: Any, sign_in: SignIn, tmp_path: Path) -> None:
    mark = secrets.token_hex(3)
    title = f"岚川市与衡曜智能签署战略合作协议（{mark}）"
    office = _in_chinese(sign_in("office"))
    _paste(office, title, mark)
    agreement = office.url
    _say_who_the_parties_are(office)
    _break_down(office)
    _answer_without_an_account(site, office, page)
    _confirm_by_scan(office, tmp_path)
    _follow(office, title)
    assert office.url.startswith(agreement)
    _print_the_month(office)
    supplier, owner = _in_chinese(sign_in("supplier", "yuexi")), _in_chinese(sign_in("owner", "yunlu"))
    _pass_a_milestone(office, supplier, owner, f"晚高峰回看（{mark}）", tmp_path)


def _publish_a_need(owner: Any, office: Any, title: str) -> None:
    """The owner fills the need in and hands it in; the office finds it under its work and publishes it."""
    _follow(owner, "填报需求")
    owner.get_by_label("中文名称").fill(title)
    owner.get_by_label("领域").select_option(label="智慧旅游")
    owner.get_by_label("需求说明（中文）").fill("提前半小时预报各停车场的客流和余位。预测误差按逐小时计算。")
    owner.get_by_role("combobox", name=re.compile("^指标")).select_option(label="平均绝对误差（mae）")
    owner.get_by_role("spinbutton", name=re.compile("^验收线")).fill("20")
    owner.get_by_label("预算上限（元）").fill("90000")
    owner.get_by_label("决定期限").fill("2027-03-31")
    owner.get_by_label("通过后如何采购（中文）").fill("先做六个月付费试点")
    owner.get_by_label("由谁决策（中文）").fill("运营部负责人")
    _press(owner, "保存")
    _press(owner, "提交对接办公室")
    office.reload()
    _follow(office, title)
    _press(office, "发布")
    assert "已发布" in _main(office)


def _rank(office: Any) -> None:
    _press(office, "匹配供给方")
    for _ in range(60):  # the page says that it takes up to a minute, and that one may come back
        if office.get_by_role("button", name="重新匹配").count():
            return
        office.wait_for_timeout(1000)
        office.reload()
    raise AssertionError(_main(office))


def test_from_a_need_to_a_supplier_that_is_interested(site: Site, sign_in: SignIn) -> None:
    """The need is published, ranked and introduced; the answer stands on the office's board."""
    title = f"停车场余位提前预报（{secrets.token_hex(3)}）"
    office, owner, supplier = (
        _in_chinese(sign_in("office")),
        _in_chinese(sign_in("owner", "yunlu")),
        _in_chinese(sign_in("supplier", "yuexi")),
    )
    _publish_a_need(owner, office, title)
    _rank(office)
    row = office.locator("main tr").filter(has_text="月溪数据").first
    with office.expect_navigation():
        row.get_by_role("link").first.click()
    _press(office, "引荐供给方")
    assert "已引荐" in _main(office)
    supplier.reload()
    _follow(supplier, title)
    supplier.get_by_label("我们有意向").check()
    _press(supplier, "答复")
    assert "有意向" in _main(supplier)
    office.locator("header").get_by_role("link", name="我的工作").click()
    _follow(office, "引荐看板")
    column = office.locator("main section").filter(has=office.get_by_role("heading", name=re.compile("^有意向")))
    assert column.get_by_role("link", name=title).count() == 1
