"""The one place where OpenCV is loaded, because it reads its limits from the environment as it loads.

Import it late, in the thread that needs it: it takes 100 ms and more.
"""

import os

LIMIT_S = 3.0  # for each read of a USB camera
MOST_PIXELS = 1 << 26  # a picture of 100 kB can claim gigabytes

os.environ.update(
    {
        "OPENCV_IO_MAX_IMAGE_PIXELS": str(MOST_PIXELS),
        "OPENCV_LOG_LEVEL": "SILENT",
        "OPENCV_FFMPEG_LOGLEVEL": "-8",  # FFmpeg would print addresses with their passwords
        "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": str(round(LIMIT_S)),
        # One frame tells the rate: opening takes 0.3 s, not 1 s. The list of protocols keeps a redirect from leading to
        # TLS, for which OpenCV brings a library nobody mends; http is read by ourselves.
        "OPENCV_FFMPEG_CAPTURE_OPTIONS": "rtsp_transport;tcp|protocol_whitelist;tcp,udp,rtp,rtsp|fpsprobesize;1",
    }
)

import cv2 as cv2  # noqa: E402 - after the limits
