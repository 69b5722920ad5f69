"""Documents cited in a basis, found by any way of writing their number."""

from __future__ import annotations

import pytest

from registry.documents import cited_documents, number_key


@pytest.mark.parametrize(
    "written",
    [
        "渝府办发[2017]121号",
        "渝府办发〔2017〕121号",
        "渝府办发（2017）121号",
        "渝府办发(2017)121号",
        "渝府办发【2017】121",
        "渝府办发 〔2017〕 第121号",
    ],
)
def test_brackets_of_a_number_do_not_matter(written: str) -> None:
    assert number_key(written) == number_key("渝府办发〔2017〕121号")


def test_number_belongs_to_the_title_before_it() -> None:
    text = "重庆市人民政府办公厅《关于开展巨灾保险的实施意见》（渝府办发〔2017〕121号）；《招商协议》。"
    first, second = cited_documents(text)
    assert (first.title, first.number) == ("关于开展巨灾保险的实施意见", "渝府办发〔2017〕121号")
    assert (second.title, second.number) == ("招商协议", None)


def test_orders_and_bare_numbers_are_found() -> None:
    text = "《防范和处置非法集资条例》（中华人民共和国国务院令第737号）；根据渝财规〔2022〕10号文件"
    order, bare = cited_documents(text)
    assert order.number == "中华人民共和国国务院令第737号"
    assert (bare.title, bare.number) == (None, "渝财规〔2022〕10号")


def test_title_with_a_title_inside_is_one() -> None:
    text = "《关于做好〈防范和处置非法集资条例〉贯彻落实有关工作的通知》；收文办字〔2023〕2254号"
    assert [d.title for d in cited_documents(text)] == [
        "关于做好〈防范和处置非法集资条例〉贯彻落实有关工作的通知",
        None,
    ]
