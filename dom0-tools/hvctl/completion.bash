# SPDX-License-Identifier: GPL-2.0-or-later
# The rest is behind what the build makes of the table of verbs.
_hvctl_guests() {
    hvctl list --names 2>/dev/null
}

_hvctl() {
    local current=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} at place=0 kind
    local -a kinds
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "${_hvctl_verbs[*]} --help --version" -- "$current")
        return
    fi
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_hvctl_options "$verb")" -- "$current")
        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
        return
    fi
    for ((at = 2; at < COMP_CWORD; at++)); do
        [[ ${COMP_WORDS[at]} == -* ]] || ((place++))
    done
    read -ra kinds < <(_hvctl_kinds "$verb")
    [ ${#kinds[@]} -gt 0 ] || return
    if [ "${kinds[-1]}" = more ] && [ "$place" -ge $((${#kinds[@]} - 1)) ]; then
        place=$((${#kinds[@]} - 2))
    fi
    kind=${kinds[place]}
    case $kind in
    guest) mapfile -t COMPREPLY < <(compgen -W "$(_hvctl_guests)" -- "$current") ;;
    verb) mapfile -t COMPREPLY < <(compgen -W "${_hvctl_verbs[*]}" -- "$current") ;;
    file)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        ;;
    esac
}

complete -F _hvctl hvctl
