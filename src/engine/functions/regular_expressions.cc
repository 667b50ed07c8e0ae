#include "engine/functions/groups.h"
#include "engine/functions/list_result.h"
#include "engine/functions/regex.h"
#include "engine/functions/utf8.h"

namespace hanok::engine {

namespace {

// Of a match: without one, any index will do.
void check_group(const Regex& regex, int32_t group, const char* function) {
    if (group >= 0 && group <= regex.group_count()) return;
    raise(runtime_error("INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX",
        {{"functionName", std::string("`") + function + "`"}, {"parameter", "`idx`"},
            {"groupCount", std::to_string(regex.group_count())},
            {"groupIndex", std::to_string(group)}}));
}

std::string_view part(std::string_view text, const Range& range) {
    return range.found() ? text.substr(range.begin, range.end - range.begin) : std::string_view();
}

std::string_view extract(std::string_view text, std::string_view pattern, int32_t group) {
    const auto& regex = Regex::get(pattern, "regexp_extract");
    std::vector<Range> groups;
    if (!regex.find(text, 0, groups)) return {};
    check_group(regex, group, "regexp_extract");
    return part(text, groups[static_cast<size_t>(group)]);
}

std::vector<std::string_view> extract_all(
    std::string_view text, std::string_view pattern, int32_t group) {
    const auto& regex = Regex::get(pattern, "regexp_extract_all");
    std::vector<std::string_view> out;
    std::vector<Range> groups;
    for (size_t at = 0; regex.find(text, at, groups); at = next_start(text, groups[0])) {
        check_group(regex, group, "regexp_extract_all");
        out.push_back(part(text, groups[static_cast<size_t>(group)]));
    }
    return out;
}

int32_t count(std::string_view text, std::string_view pattern) {
    const auto& regex = Regex::get(pattern, "regexp_count");
    std::vector<Range> groups;
    int32_t n = 0;
    for (size_t at = 0; regex.find(text, at, groups); at = next_start(text, groups[0])) ++n;
    return n;
}

// As String.split: no empty part before a zero-width match at the start; a limit above 0 bounds the
// parts.
std::vector<std::string_view> split(
    std::string_view text, std::string_view pattern, int32_t limit) {
    std::vector<std::string_view> out;
    if (pattern.empty() && !text.empty()) {
        out = utf8_characters(text);
        auto most = static_cast<size_t>(limit);
        if (limit > 0 && out.size() > most) {
            auto rest = static_cast<size_t>(out[most - 1].data() - text.data());
            out.resize(most);
            out.back() = text.substr(rest);
        }
        return out;
    }
    const auto& regex = Regex::get(pattern, "split");
    std::vector<Range> groups;
    size_t begin = 0;
    for (size_t at = 0; regex.find(text, at, groups); at = next_start(text, groups[0])) {
        if (limit > 0 && out.size() + 1 >= static_cast<size_t>(limit)) break;
        const auto& match = groups[0];
        if (match.end == 0) continue;
        if (match.begin == match.end && match.begin >= text.size()) continue;
        out.push_back(text.substr(begin, match.begin - begin));
        begin = match.end;
    }
    out.push_back(text.substr(begin));
    return out;
}

}  // namespace

void add_regular_expressions(KernelSet& kernels) {
    kernels.add(
        "spark_rlike",
        [](std::string_view s, std::string_view p) { return Regex::get(p, "rlike").contains(s); },
        Fallible::kYes);
    kernels.add(
        "spark_regexp_replace",
        [](std::string_view s, std::string_view p, std::string_view by, int32_t position) {
            const auto& regex = Regex::get(p, "regexp_replace");
            auto start = position < 1 ? 0 : utf8_offset(s, position - 1);
            if (position - 1 > 0 && position - 1 >= utf8_length(s)) return std::string(s);
            return regex.replace_all(s, start, by);
        },
        Fallible::kYes);
    kernels.add(
        "spark_regexp_extract",
        [](std::string_view s, std::string_view p, int32_t group) { return extract(s, p, group); },
        Fallible::kYes);
    kernels.add(
        "spark_regexp_count", [](std::string_view s, std::string_view p) { return count(s, p); },
        Fallible::kYes);
    kernels.add(
        "spark_regexp_substr",
        [](std::string_view s, std::string_view p) -> std::optional<std::string_view> {
            std::vector<Range> groups;
            if (!Regex::get(p, "regexp_substr").find(s, 0, groups)) return std::nullopt;
            return part(s, groups[0]);
        },
        Fallible::kYes);
    kernels.add(
        "spark_regexp_instr",
        [](std::string_view s, std::string_view p, int32_t) -> int32_t {
            std::vector<Range> groups;
            if (!Regex::get(p, "regexp_instr").find(s, 0, groups)) return 0;
            return utf8_length(s.substr(0, groups[0].begin)) + 1;
        },
        Fallible::kYes);
    add_list_kernel(kernels, "spark_split", split);
    add_list_kernel(kernels, "spark_regexp_extract_all", extract_all);
}

}  // namespace hanok::engine
