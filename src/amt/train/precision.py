"""Which numbers a training computes with."""

from __future__ import annotations

import torch

from amt.model.device import on_gpu

_BFLOAT16 = ("avx512_bf16", "amx_bf16")


def choose_precision(wanted: str, accelerator: str) -> str:
    """`wanted`, or for "auto" bfloat16 where the processor multiplies such numbers itself, else 32 bits.

    A CPU without them would turn every number into 32 bits and back, which is slower than leaving it.

    Args:
        accelerator: "auto", "cpu" or "gpu", as Lightning takes it.
    """
    if wanted != "auto":
        return wanted
    if on_gpu(accelerator):
        has = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        known = torch.cpu.get_capabilities()
        has = any(known.get(name, False) for name in _BFLOAT16)
    return "bf16-mixed" if has else "32-true"
