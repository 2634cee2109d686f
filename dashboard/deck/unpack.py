"""Unpacks archives that strangers hand in: what comes out is counted, and what they say of themselves is not believed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

MEGABYTE = 1_000_000
#: Bytes taken out at a time: no more than this is held before it is counted.
_STEP = 1 << 18
#: Begins every entry of an archive's list, which Python reads whole into objects of half a kilobyte.
_ENTRY = b"PK\x01\x02"
#: XML packs to a tenth, pictures hardly at all: what packs better than this was made to fill a disk.
MOST_RATIO = 120
#: Pictures of kinds that are not packed themselves: a drawing on white packs to a thousandth.
_LOOSE = (".emf", ".wmf", ".bmp", ".tif", ".tiff")


class UnpackError(Exception):
    """An archive that is not unpacked; the text is a sentence for the person who gave it."""


def unpacked(
    data: bytes,
    most_bytes: int,
    most_parts: int,
    most_of: Callable[[str], int] | None = None,
    wanted: Callable[[str], bool] | None = None,
) -> dict[str, bytes]:
    """The files of an archive by name, in its order.

    Args:
        data: The archive (ZIP).
        most_bytes: All files together, once unpacked.
        most_parts: Files at most.
        most_of: Most bytes of the file of a name; without it only the sum counts.
        wanted: Which files are taken out; all, without it.

    Raises:
        UnpackError: there is more than that, a name leads out of the archive, or it is damaged or encrypted.
    """
    # An archive within an archive has a list of its own, so the count is generous.
    if data.count(_ENTRY) > 4 * most_parts:
        raise UnpackError(f"The file has more than {most_parts:,} parts.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > most_parts:
                raise UnpackError(f"The file has {len(infos):,} parts; expected at most {most_parts:,}.")
            _check_names(infos)
            out: dict[str, bytes] = {}
            left = most_bytes
            for info in infos:
                if info.is_dir() or (wanted is not None and not wanted(info.filename)):
                    continue
                room = min(left, most_of(info.filename) if most_of is not None else left)
                blob = _read(archive, info, room, is_last=room == left, most=most_bytes)
                left -= len(blob)
                out[info.filename] = blob
            _check_ratio(most_bytes - left, len(data))
            return out
    except UnpackError:
        raise
    except Exception as error:
        # zipfile tells of damage by many errors: its own, and those of struct, zlib, codecs and files.
        raise UnpackError("The file is cut or damaged: it cannot be unpacked.") from error


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int, *, is_last: bool, most: int) -> bytes:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Others are unpacked by Python in one piece, whatever its size.
        raise UnpackError(
            f"“{info.filename[:80]}” is packed in a way that PowerPoint does not use: save the file again in PowerPoint."
        )
    pieces, size = [], 0
    with archive.open(info) as part:
        while piece := part.read(_STEP):
            size += len(piece)
            if size > room:
                if is_last:
                    raise UnpackError(
                        f"The file unpacks to more than {most // MEGABYTE} MB, which is the most that is taken."
                    )
                raise UnpackError(
                    f"“{info.filename[:80]}” holds more than {room // MEGABYTE} MB; no slide needs as much."
                )
            suspect = 40 if info.filename.lower().endswith(_LOOSE) else 10
            if size > suspect * MEGABYTE and size > MOST_RATIO * max(info.compress_size, 1):
                raise UnpackError(
                    f"“{info.filename[:80]}” unpacks to {size // MEGABYTE:,} MB and more from next to nothing, as files do "
                    "that are made to fill a disk."
                )
            pieces.append(piece)
    return b"".join(pieces)


def _check_ratio(size: int, packed: int) -> None:
    if size > 10 * MEGABYTE and size > MOST_RATIO * packed:
        raise UnpackError(
            f"The file unpacks to {size / packed:,.0f} times its size, as files do that are made to fill a disk."
        )


def _check_names(infos: list[zipfile.ZipInfo]) -> None:
    seen = set()
    for info in infos:
        name = info.filename
        if (
            name.startswith("/")
            or "\\" in name
            or ":" in name
            or "\0" in name
            or ".." in name.split("/")
            or name in seen
        ):
            raise UnpackError(
                f"A part has the name “{name[:80]}”, which leads out of the file or stands there twice."
            )
        seen.add(name)
        if info.flag_bits & 1:
            raise UnpackError("Parts of the file are encrypted: save a copy without a password.")
