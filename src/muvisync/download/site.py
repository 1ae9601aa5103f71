"""Pages of video sites, through yt-dlp as a library: no configuration files, no plugins, no cookies, no cache."""

from __future__ import annotations

import logging
from pathlib import Path

from muvisync.download.site_errors import site_error
from muvisync.errors import Filtered, Permanent
from muvisync.ffmpeg import ffmpeg_path
from muvisync.http import check_size
from muvisync.network import Manners
from muvisync.params import DownloadParams

_PROTOCOLS = "[protocol~='^(https?|m3u8(_native)?|http_dash_segments)$']"
_QUIET = logging.getLogger("muvisync.yt_dlp")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False


def page_to_file(url: str, folder: Path, params: DownloadParams) -> tuple[Path, str]:
    """Fetch the video of a page into `folder`; return the file and the site's title.

    H.264 with sound, at most `params.max_height` pixels high, is preferred; what comes closest is taken.

    Raises:
        Transient: time-out, drop, 429, 5xx, "try again later".
        Permanent: private, removed, unsupported, a list of videos, an address that is not public.
        Filtered: a live stream, longer than `params.max_duration`, or larger than `params.max_bytes`.
    """
    import yt_dlp

    from muvisync.download.site_client import PoliteYoutubeDL

    # plugins would come from a person's home folder: the same catalogue must do the same on every machine
    yt_dlp.globals.plugin_dirs.value = []
    manners = Manners(params.requests_per_minute, params.allow_private)
    with manners.watch() as watch, PoliteYoutubeDL(_options(folder, params), manners) as site:
        try:
            info = site.extract_info(url)
        except yt_dlp.utils.YoutubeDLError as error:
            raise watch.refused or site_error(error) from error
    entries = [entry for entry in info.get("entries", [info]) if entry]
    files = [Path(done["filepath"]) for entry in entries for done in entry.get("requested_downloads", [])]
    if len(files) != 1 or not files[0].exists():
        raise Permanent("the page holds no video that can be fetched")
    return files[0], " ".join(str(entries[0].get("title") or "").split())


def _options(folder: Path, params: DownloadParams) -> dict:
    low = f"[height<=?{params.max_height}]{_PROTOCOLS}"
    sound = f"ba[ext=m4a]{_PROTOCOLS}", f"ba{_PROTOCOLS}"
    pairs = [f"bv*[vcodec^=avc1]{low}+{sound[0]}", f"b[vcodec^=avc1]{low}", f"bv*{low}+{sound[1]}", f"b{low}"]
    return {
        "format": "/".join([*pairs, f"wv*{_PROTOCOLS}+{sound[1]}", f"w{_PROTOCOLS}"]),
        "format_sort": [f"res:{params.max_height}", "vcodec:h264", "acodec:aac"],
        "outtmpl": {"default": f"{str(folder.resolve()).replace('%', '%%')}/media.%(ext)s"},
        "match_filter": lambda info, *, incomplete=False: _refuse(info, params),
        "progress_hooks": [lambda status: check_size(status.get("downloaded_bytes") or 0, params.max_bytes)],
        "noplaylist": True,
        "playlist_items": "1",
        "ffmpeg_location": ffmpeg_path(),
        "external_downloader_args": {"ffmpeg_i": ["-protocol_whitelist", _ffmpeg_protocols(params)]},
        "hls_prefer_native": True,
        "skip_unavailable_fragments": False,  # a hole in a video is a failure, not a shorter video
        "socket_timeout": params.timeout,
        "retries": 3,
        "fragment_retries": 3,
        "cachedir": False,
        "enable_file_urls": False,
        "overwrites": True,
        "continuedl": False,  # what an earlier run left may be of another version of the file
        "updatetime": False,
        "quiet": True,
        "noprogress": True,
        "no_warnings": True,
        "logger": _QUIET,
    }


def _ffmpeg_protocols(params: DownloadParams) -> str:
    """For the rare streams that yt-dlp leaves to ffmpeg, whose connections nobody checks."""
    return "http,https,tcp,tls,crypto,httpproxy" if params.allow_private else "crypto,data"


def _refuse(info: dict, params: DownloadParams) -> None:
    """yt-dlp asks before it downloads anything; an error raised here comes out unchanged."""
    if (info.get("playlist_count") or info.get("n_entries") or 1) > 1:
        raise Permanent("a page with several videos; give the address of one")
    if info.get("is_live"):
        raise Filtered("a live stream")
    check_duration(info.get("duration") or 0.0, params.max_duration)
    check_size(info.get("filesize") or 0, params.max_bytes)


def check_duration(seconds: float, max_duration: float) -> None:
    """Raise Filtered for a longer video than allowed; both in seconds."""
    if seconds > max_duration:
        raise Filtered(f"longer than download.max_duration ({max_duration:g} s)", score=float(seconds))
