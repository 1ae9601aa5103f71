"""What a run came to, posted to an address as JSON."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import requests

_TIMEOUT = 10.0  # seconds
_ATTEMPTS = 3
_NO_ADDRESS = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
)


class NotifyError(Exception):
    """Nobody was told; the message says why."""


def post_webhook(address: str, outcome: dict[str, Any], pause: float = 2.0) -> None:
    """POST `outcome`; its `text`, a sentence, is what chat services show.

    Args:
        outcome: as JSON; a figure that is no number is sent as null.
        pause: seconds before the second attempt, doubled after each.

    Raises:
        NotifyError: it is no address, the receiver refused it, or was away for all attempts.
    """
    body = json.dumps(_plain(outcome), default=str)
    for attempt in range(1, _ATTEMPTS + 1):
        problem, lasting = _post(address, body)
        if problem is None:
            return
        if lasting:
            break
        if attempt < _ATTEMPTS:
            time.sleep(pause * 2 ** (attempt - 1))
    raise NotifyError(f"{problem}; see retrain.webhook in params.yaml")


def _post(address: str, body: str) -> tuple[str | None, bool]:
    """What went wrong, if anything, and whether it will go wrong again. The address may be a secret: it isn't named."""
    try:
        # a redirected POST arrives as a GET, without what it is about: rather say that it was moved
        headers = {"Content-Type": "application/json"}
        answer = requests.post(address, body, headers=headers, timeout=_TIMEOUT, allow_redirects=False)
    except _NO_ADDRESS:
        return "the webhook's address is none (it begins with http:// or https://)", True
    except requests.RequestException as error:
        return f"the webhook did not answer ({type(error).__name__})", False
    status = answer.status_code
    if answer.ok and not answer.is_redirect:
        return None, False
    return f"the webhook answered {status}", status < 500 and status != requests.codes.too_many_requests


def _plain(value: Any) -> Any:
    """`value` with null for NaN and infinity, which are no JSON."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
