"""The seam for Windows: nothing of it is written, and it says so by knowing nothing.

What belongs here: EnumWindows and GetWindowThreadProcessId for windows(), IsHungAppWindow for answers(), SetWindowPos
and SetForegroundWindow for bring(), WM_CLOSE for close(); a job object in the place of tree.py, and
IAudioSessionManager2 (pycaw) in the place of streams.py. Source: learn.microsoft.com/windows/win32. Never run.
"""

from devices.conference.programs.desktop import NoDesktop


class Win32Desktop(NoDesktop):
    """Knows nothing of any window."""
