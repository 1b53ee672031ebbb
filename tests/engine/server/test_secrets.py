"""Keys and tokens in extra data: found at any depth, bounded, and what pictures carry of a workflow left as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server.refusal import Refusal
from engine.server.validation import MOST_SECRET_BYTES, split_secrets

_JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "auth", "api_key", "x-api-key", "Token", "extra_pnginfo"]), inner)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "name",
    [
        *("api_key", "apikey", "api-key", "X-API-Key", "api key", "api.key", "accessKey", "private_key"),
        *("auth_token_comfy_org", "clientSecret", "My_Password", "passphrase", "credentials", "Authorization"),
        *("bearer", "Set-Cookie"),
    ],
)
@pytest.mark.parametrize("depth", [0, 1, 4])
def test_secrets_are_told_by_their_names_at_any_depth(name: str, depth: int) -> None:
    value: dict[str, Any] = {name: "sk-1", "kept": 1}
    for _ in range(depth):
        value = {"auth": value, "kept": 2}
    shown, secrets = split_secrets(value)
    assert "sk-1" not in json.dumps(shown)
    assert "kept" in json.dumps(shown)
    for _ in range(depth):
        secrets = secrets["auth"]
    assert secrets == {name: "sk-1"}


def test_lists_are_kept_back_whole() -> None:
    value = {"services": [{"name": "a"}, [{"api-key": "sk-1"}]], "others": [{"name": "b"}]}
    assert split_secrets(value) == ({"others": [{"name": "b"}]}, {"services": value["services"]})


def test_what_pictures_carry_is_left_but_for_what_is_put_beside_it() -> None:
    workflow = {"nodes": [{"id": 1, "properties": {"max_tokens": 5}}]}
    info = {"workflow": workflow, "prompt": {"1": {"inputs": {"token": "x"}}}, "service": {"token": "sk-1"}}
    shown, secrets = split_secrets({"extra_pnginfo": info})
    assert shown == {"extra_pnginfo": {"workflow": workflow, "prompt": info["prompt"], "service": {}}}
    assert secrets == {"extra_pnginfo": {"service": {"token": "sk-1"}}}


@given(st.dictionaries(st.sampled_from(["a", "b_token", "extra_pnginfo"]), _JSON))
def test_what_is_shown_has_no_secret_and_nothing_else_is_lost(value: dict[str, Any]) -> None:
    shown, secrets = split_secrets(value)
    assert split_secrets(shown) == (shown, {})
    if not secrets:
        assert shown == value


def test_secrets_are_bounded() -> None:
    split_secrets({"token": "x" * (MOST_SECRET_BYTES - 100), "large": "x" * MOST_SECRET_BYTES})
    with pytest.raises(Refusal, match="65536") as refused:
        split_secrets({"auth": {"token": "x" * MOST_SECRET_BYTES}})
    assert refused.value.status == 413
