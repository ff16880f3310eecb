@echo off
rem The Windows twin of ./kiosk: kiosk run ^| test ^| bench [NAME] ^| prove [NAME] ^| trace
rem Needs 64-bit Python 3.11, 3.12 or 3.13 with its launcher "py". Exit 3 where something is lacking.
setlocal
cd /d "%~dp0"
set "PYTHONHOME="
set "PYTHONPATH="
set "LOCK="
if "%~1"=="run" set "LOCK=requirements"
if "%~1"=="test" set "LOCK=requirements-test"
if "%~1"=="bench" set "LOCK=requirements-test"
if "%~1"=="prove" set "LOCK=requirements-test"
if "%~1"=="trace" set "LOCK=requirements-test"
if not defined LOCK goto usage

rem A .venv that was made in another folder, or in which pip was cut off, is made anew.
set "PLACE="
if exist .venv\place set /p PLACE=<.venv\place
if exist .venv\unfinished set "PLACE="
if not "%PLACE%"=="%CD%" goto make
fc /b pyproject.toml .venv\installed.toml >nul 2>nul || goto fill
fc /b installer\%LOCK%.lock .venv\installed.lock >nul 2>nul || goto fill
goto start

:make
if exist .venv rmdir /s /q .venv
set "PYTHON="
py -3.11 -c "import venv" >nul 2>nul && set "PYTHON=py -3.11"
py -3.12 -c "import venv" >nul 2>nul && set "PYTHON=py -3.12"
py -3.13 -c "import venv" >nul 2>nul && set "PYTHON=py -3.13"
if not defined PYTHON echo kiosk: Python 3.11, 3.12 or 3.13 with its launcher "py" is needed. 1>&2
if not defined PYTHON exit /b 3
%PYTHON% -m venv .venv || goto lacking
>.venv\place echo %CD%

:fill
echo kiosk: installing Python packages (%LOCK%) 1>&2
>.venv\unfinished echo.
set "PIP=.venv\Scripts\python.exe -m pip --disable-pip-version-check --quiet install"
%PIP% --require-hashes -r installer\requirements-build.lock || goto lacking
%PIP% --require-hashes --no-build-isolation -r installer\%LOCK%.lock || goto lacking
%PIP% --no-deps --no-build-isolation --editable . || goto lacking
copy /y pyproject.toml .venv\installed.toml >nul
copy /y installer\%LOCK%.lock .venv\installed.lock >nul
del .venv\unfinished

:start
rem All arguments but the first: "shift" leaves the list of all as it was.
set "REST="
for /f "tokens=1,*" %%A in ("%*") do set "REST=%%B"
if "%~1"=="run" .venv\Scripts\roomapp.exe %REST%
if "%~1"=="test" .venv\Scripts\python.exe installer\run_tests.py %REST%
if "%~1"=="bench" .venv\Scripts\python.exe installer\run_bench.py %REST%
if "%~1"=="prove" .venv\Scripts\python.exe installer\run_prove.py %REST%
if "%~1"=="trace" .venv\Scripts\python.exe installer\run_trace.py
exit /b %ERRORLEVEL%

:lacking
echo kiosk: the Python packages could not be installed (network? disk?); the next start begins anew. 1>&2
exit /b 3

:usage
echo usage: kiosk run [ROOMAPP ARGUMENTS] ^| test [PYTEST ARGUMENTS] ^| bench [NAME] ^| prove [NAME] ^| trace 1>&2
exit /b 2
