"""Zip packages (docx, xlsx, odt): opened with bounds, their XML parsed without entities."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from registry.errors import UnreadableFile
from registry.readers.limits import MOST_TAGS, MOST_UNPACKED, MOST_UNPACKED_TOTAL

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_MEMBERS = 5000


class Package:
    """A zip file whose members are read one by one, each within bounds."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise UnreadableFile(
                f"文件“{name}”已损坏或没有传完整（压缩包打不开）。请重新导出或重新发送。"
            ) from error
        infos = self._zip.infolist()
        if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > MOST_UNPACKED_TOTAL:
            raise UnreadableFile(
                f"文件“{name}”解压后过大，疑似压缩炸弹，已拒绝。请只保留绩效目标表后另存再发。"
            )
        self.names = {info.filename: info for info in infos}

    def __contains__(self, member: str) -> bool:
        return member in self.names

    def read(self, member: str) -> bytes:
        """A member's bytes, at most MOST_UNPACKED of them."""
        info = self.names.get(member)
        if info is None:
            raise UnreadableFile(
                f"文件“{self.name}”缺少内容（{member}），不是完整的文档。请用原软件打开后另存再发。"
            )
        if info.flag_bits & 1:
            raise UnreadableFile(f"文件“{self.name}”有密码。请去掉密码后再发。")
        try:
            with self._zip.open(info) as stream:
                data = stream.read(MOST_UNPACKED + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise UnreadableFile(
                f"文件“{self.name}”已损坏（{member} 读不出来）。请重新导出或重新发送。"
            ) from error
        if len(data) > MOST_UNPACKED:
            raise UnreadableFile(
                f"文件“{self.name}”解压后过大，已拒绝。请只保留绩效目标表后另存再发。"
            )
        return data

    def xml(self, member: str) -> _Element:
        """A member parsed as XML."""
        return parse_xml(self.read(member), self.name)


def parse_xml(data: bytes, name: str) -> _Element:
    """XML without entities: office files have none, bombs and thefts do."""
    from lxml import etree

    if b"<!DOCTYPE" in data[:2000] or b"<!ENTITY" in data[:20000]:
        raise UnreadableFile(
            f"文件“{name}”里有不安全的 XML 实体定义，已拒绝。请用原软件打开后另存再发。"
        )
    if data.count(b"<") > MOST_TAGS:
        raise UnreadableFile(f"文件“{name}”的内容过多。请只保留绩效目标表所在的部分再发。")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "huge" in str(error).lower() or "depth" in str(error).lower():
            raise UnreadableFile(
                f"文件“{name}”的内容嵌套过深或过大，已拒绝。请用原软件另存再发。"
            ) from error
        raise UnreadableFile(
            f"文件“{name}”已损坏（XML 不完整）。请用原软件打开后另存再发。"
        ) from error
