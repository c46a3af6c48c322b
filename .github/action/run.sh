# Runs what the inputs of the action ask for: verify, test, menu push. What fails
# ends it, so that no menu is pushed of a server that is wrong. An input that is
# empty leaves the variable of the job, and wxdev.toml, as they are.
set -euo pipefail

for name in PRODUCT URL TOKEN APPID SECRET AES_KEY MODE FORMAT PROFILE API_BASE; do
  input=INPUT_$name
  if [ -n "${!input:-}" ]; then export "WXDEV_$name=${!input}"; fi
done

# A path that begins with a dash is no flag.
path() {
  case $1 in
  -*) printf './%s' "$1" ;;
  *) printf '%s' "$1" ;;
  esac
}

# What is neither true nor false, such as yes, is a mistake: nothing would be
# checked, and the job green.
is() {
  case ${!1:-} in
  true) ;;
  false | '') return 1 ;;
  *)
    name=${1#INPUT_} name=${name//_/-}
    printf '::error title=wxdev::%s takes true or false\n' "${name,,}"
    exit 1
    ;;
  esac
}

run() { # run REPORT COMMAND...: with annotations, and a JUnit report
  local report=$1 reports=(--report github)
  shift
  if [ -n "${INPUT_REPORTS:-}" ]; then
    mkdir -p -- "$INPUT_REPORTS"
    reports+=(--report "junit=$INPUT_REPORTS/$report.xml")
  fi
  wxdev "$@" "${reports[@]}"
}

wait=${INPUT_WAIT:-30s}
if is INPUT_VERIFY; then
  command=(verify --wait "$wait")
  if is INPUT_MESSAGES; then command+=(--messages); fi
  if is INPUT_STRICT; then command+=(--strict); fi
  run verify "${command[@]}"
fi

if [ -n "${INPUT_TEST:-}" ]; then
  command=(test --wait "$wait")
  while IFS= read -r file; do
    if [ -n "$file" ]; then command+=("$(path "$file")"); fi
  done <<< "$INPUT_TEST"
  run test "${command[@]}"
fi

if [ -n "${INPUT_MENU:-}" ]; then
  command=(menu push --yes)
  if is INPUT_MENU_DRY_RUN; then command+=(--dry-run); fi
  run menu "${command[@]}" "$(path "$INPUT_MENU")"
fi
