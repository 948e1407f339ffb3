from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crampnet.errors import BadYaml
from crampnet.yaml_io import dump_yaml, parse_yaml, read_yaml

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(plain)
def test_what_is_written_is_read_back(data: object) -> None:
    try:
        text = dump_yaml(data)
        text.encode()
    except UnicodeEncodeError:
        return  # half a character is no text
    if all(sign.isprintable() or sign == "\n" for sign in text):
        assert parse_yaml(text) == data


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: no", "no"),
        ("a: yes", "yes"),
        ("a: 12_17", "12_17"),
        ("a: 12:30", "12:30"),
        ("a: 1e-3", 0.001),
        ("a: 010", 10),
        ("a: 2026-11-21", "2026-11-21"),
        ("a: true", True),
        ("a:", None),
    ],
)
def test_values_are_what_they_look_like(text: str, data: object) -> None:
    assert parse_yaml(text) == {"a": data}


def test_keys_with_underscores_stay_texts() -> None:
    assert parse_yaml("{12_17: 0.05, 18_39: 1}") == {"12_17": 0.05, "18_39": 1}


@pytest.mark.parametrize(
    ("text", "place", "problem", "remedy"),
    [
        ("a: 1\nb: 2\na: 3", "case.yaml, line 3, column 1", "duplicate key", "Keep one"),
        ("a: &x [1]\nb: *x", "case.yaml, line 2, column 4", "alias", "plain YAML"),
        ("a: !!python/name:os.system x", "case.yaml, line 1, column 4", "tag", "plain YAML"),
        ("!!set {a}", "case.yaml", "a tag makes a value a set", "plain YAML"),
        ("a: [1", "case.yaml, line 1", "but got", "plain YAML"),
        ("1: x", "case.yaml", "the key 1 is not a text", "quotes"),
        ("a: 1\n---\nb: 2", "case.yaml, line 2", "another document", "plain YAML"),
        ("- " * 2000, "case.yaml", "nested too deeply", "plain YAML"),
        ("a: \x00", "case.yaml", "it is not YAML", "plain YAML"),
        ("a: 1\n" * 100, "case.yaml", "larger than 100 bytes", "smaller"),
    ],
)
def test_what_is_refused(text: str, place: str, problem: str, remedy: str) -> None:
    limit = 100 if text.count("\n") > 50 else 10_000
    with pytest.raises(BadYaml) as caught:
        parse_yaml(text, name="case.yaml", limit=limit)
    assert caught.value.place.startswith(place)
    assert problem in caught.value.problem
    assert remedy in caught.value.remedy


def test_bytes_that_are_not_utf8() -> None:
    with pytest.raises(BadYaml, match="not UTF-8"):
        parse_yaml(b"\xff\xfe\xff", name="case.yaml")


def test_a_byte_order_mark_is_ignored() -> None:
    assert parse_yaml(b"\xef\xbb\xbfa: 1") == {"a": 1}


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("a: é", encoding="utf-8")
    assert read_yaml(file) == {"a": "é"}
    with pytest.raises(BadYaml, match="larger than 3 bytes"):
        read_yaml(file, limit=3)
    with pytest.raises(BadYaml, match=r"missing.yaml: it cannot be read"):
        read_yaml(tmp_path / "missing.yaml")
    with pytest.raises(BadYaml, match="cannot be read"):
        read_yaml(tmp_path)
