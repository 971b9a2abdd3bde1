# tests/bench/table.awk: bench.sh's notes (CASE TOOL CPU REQ_S RSS_KIB FAILED [P50 P99]) as tables
# of medians, with ratios of the same run.
function median(key,    n, i, j, list, t) {
    n = split(all[key], list, " ")
    if (n == 0) return ""
    for (i = 2; i <= n; ++i)
        for (j = i; j > 1 && list[j - 1] + 0 > list[j] + 0; --j) {
            t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
        }
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}
function get(run, tool, field) { return median(run " " tool " " field) }
function ratio(a, b) { return a == "" || b == "" || b == 0 ? "-" : sprintf("%.2f", a / b) }
function cell(run, tool,    cpu) {
    cpu = get(run, tool, "cpu")
    if (cpu == "") return "-"
    return sprintf("%.1f (%.1fk)", cpu, get(run, tool, "rate") / 1000)
}
function mib(run, tool,    kib) {
    kib = get(run, tool, "rss")
    return kib == "" ? "-" : sprintf("%.1f", kib / 1024)
}
{
    all[$1 " " $2 " cpu"] = all[$1 " " $2 " cpu"] " " $3
    all[$1 " " $2 " rate"] = all[$1 " " $2 " rate"] " " $4
    all[$1 " " $2 " rss"] = all[$1 " " $2 " rss"] " " $5
    if ($6 != 0) failed = failed " " $1 "/" $2 ":" $6
    if (NF >= 8) {
        all[$1 " " $2 " p50"] = all[$1 " " $2 " p50"] " " $7
        all[$1 " " $2 " p99"] = all[$1 " " $2 " p99"] " " $8
    }
}
END {
    print "CPU us per request (requests/s); medians."
    print ""
    print "| case, in flight | floor | leat | wrk | libcurl | leat/wrk | leat/floor " \
        "| libcurl/leat | peak RSS MB: leat, wrk, libcurl |"
    print "|---|---|---|---|---|---|---|---|---|"
    split("plain-1 plain-16 plain-256 plain-2000 tls-1 tls-16 tls-256 tls-2000 slow-2000", runs, " ")
    for (i = 1; i in runs; ++i) {
        run = runs[i]
        leat = get(run, "leat", "cpu")
        if (leat == "") continue
        name = run
        sub(/-/, ", ", name)
        sub(/slow/, "50 ms server", name)
        print "| " name " | " cell(run, "floor") " | " cell(run, "leat") " | " cell(run, "wrk") \
            " | " cell(run, "curl") " | " ratio(leat, get(run, "wrk", "cpu")) " | " \
            ratio(leat, get(run, "floor", "cpu")) " | " ratio(get(run, "curl", "cpu"), leat) \
            " | " mib(run, "leat") ", " mib(run, "wrk") ", " mib(run, "curl") " |"
    }
    print ""
    print "| | leat | wrk or libcurl |"
    print "|---|---|---|"
    printf "| 50 ms server, 2,000 in flight: p50, p99 ms | %s, %s | wrk %s, %s |\n", \
        get("slow-2000", "leat", "p50"), get("slow-2000", "leat", "p99"), \
        get("slow-2000", "wrk", "p50"), get("slow-2000", "wrk", "p99")
    printf "| 2,000 TLS connections from cold: CPU s (full, resumed) | %s (%s, %s) | libcurl %s |\n", \
        get("cold", "leat", "cpu"), get("cold", "leat", "p50"), get("cold", "leat", "p99"), \
        get("cold", "curl", "cpu")
    printf "| process start to first answer, plain: ms | %s | libcurl %s |\n", \
        get("start-plain", "leat", "cpu"), get("start-plain", "curl", "cpu")
    printf "| process start to first answer, TLS: ms | %s | libcurl %s |\n", \
        get("start-tls", "leat", "cpu"), get("start-tls", "curl", "cpu")
    print ""
    print "failures:" (failed == "" ? " none" : failed " (of wrk: 1 says that it told of some)")
}
