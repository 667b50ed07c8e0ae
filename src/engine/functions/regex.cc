#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/functions/regex.h"

#include <pcre2.h>

#include <algorithm>
#include <unordered_map>

#include "engine/functions/java_regex.h"
#include "engine/functions/kernel.h"
#include "engine/functions/utf8.h"

namespace hanok::engine {

struct Regex::Code {
    pcre2_code* code = nullptr;
    pcre2_match_data* match = nullptr;
    ~Code() {
        if (match) pcre2_match_data_free(match);
        if (code) pcre2_code_free(code);
    }
};

Regex::~Regex() = default;

namespace {

constexpr size_t kMaxCached = 256;
constexpr uint32_t kMatchLimit = 50000000;

// nullptr: the pattern is wrong.
pcre2_code* compile(std::string_view pattern) {
    auto translated = pcre_pattern(pattern);
    if (!translated) return nullptr;
    int error = 0;
    PCRE2_SIZE offset = 0;
    auto* context = pcre2_compile_context_create(nullptr);
    pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
    auto* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated->data()), translated->size(),
        PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error, &offset, context);
    pcre2_compile_context_free(context);
    return code;
}

}  // namespace

const Regex& Regex::get(std::string_view pattern, const char* function) {
    thread_local std::unordered_map<std::string, std::unique_ptr<Regex>> cache;
    thread_local std::string last_pattern;
    thread_local const Regex* last = nullptr;
    if (last != nullptr && last_pattern == pattern) return *last;
    std::string key(pattern);
    auto it = cache.find(key);
    if (it == cache.end()) {
        auto* code = compile(pattern);
        if (code == nullptr) {
            raise(runtime_error("INVALID_PARAMETER_VALUE.PATTERN",
                {{"functionName", std::string("`") + function + "`"}, {"parameter", "`regexp`"},
                    {"value", "'" + key + "'"}}));
        }
        pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
        auto regex = std::unique_ptr<Regex>(new Regex);
        regex->code_ = std::make_unique<Code>();
        regex->code_->code = code;
        regex->code_->match = pcre2_match_data_create_from_pattern(code, nullptr);
        uint32_t groups = 0;
        pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
        regex->group_count_ = static_cast<int>(groups);
        if (cache.size() >= kMaxCached) {
            cache.clear();
            last = nullptr;
        }
        it = cache.emplace(std::move(key), std::move(regex)).first;
    }
    last_pattern = pattern;
    last = it->second.get();
    return *last;
}

namespace {

pcre2_match_context* limits() {
    thread_local auto context = [] {
        auto* c = pcre2_match_context_create(nullptr);
        pcre2_set_match_limit(c, kMatchLimit);
        return std::unique_ptr<pcre2_match_context, void (*)(pcre2_match_context*)>(
            c, pcre2_match_context_free);
    }();
    return context.get();
}

}  // namespace

bool Regex::find(std::string_view text, size_t start, std::vector<Range>& groups) const {
    if (start > text.size()) return false;
    int found = pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
        start, 0, code_->match, limits());
    if (found < 0) {
        if (found == PCRE2_ERROR_NOMATCH) return false;
        raise(runtime_error("INVALID_PARAMETER_VALUE.PATTERN",
            {{"functionName", "`regexp`"}, {"parameter", "`regexp`"},
                {"value", "a pattern that takes too long to match"}}));
    }
    auto* offsets = pcre2_get_ovector_pointer(code_->match);
    groups.resize(static_cast<size_t>(group_count_) + 1);
    for (size_t i = 0; i < groups.size(); ++i) {
        bool set = i < static_cast<size_t>(found) && offsets[2 * i] != PCRE2_UNSET;
        groups[i] = set ? Range{offsets[2 * i], offsets[2 * i + 1]} : Range{};
    }
    return true;
}

bool Regex::contains(std::string_view text) const {
    thread_local std::vector<Range> groups;
    return find(text, 0, groups);
}

int Regex::group_number(const std::string& name) const {
    int n = pcre2_substring_number_from_name(
        code_->code, reinterpret_cast<PCRE2_SPTR>(name.c_str()));
    return n > 0 ? n : -1;
}

size_t next_start(std::string_view text, const Range& match) {
    if (match.end > match.begin) return match.end;
    if (match.end >= text.size()) return text.size() + 1;
    return match.end + utf8_width(static_cast<unsigned char>(text[match.end]));
}

namespace {

[[noreturn]] void bad_group(const std::string& group) {
    raise(Error(ErrorKind::kRuntime, "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX",
        {{"functionName", "`regexp_replace`"}, {"parameter", "`replacement`"}, {"groupCount", "?"},
            {"groupIndex", group}}));
}

// Appends the replacement with its group references resolved, as java.util.regex.Matcher does.
void append_replacement(std::string& out, const Regex& regex, std::string_view text,
    const std::vector<Range>& groups, std::string_view replacement) {
    auto append = [&](int group) {
        if (group < 0 || group > regex.group_count()) bad_group(std::to_string(group));
        const auto& range = groups[static_cast<size_t>(group)];
        if (range.found()) out += text.substr(range.begin, range.end - range.begin);
    };
    for (size_t i = 0; i < replacement.size(); ++i) {
        char c = replacement[i];
        if (c == '\\' && i + 1 < replacement.size()) {
            out += replacement[++i];
        } else if (c != '$') {
            out += c;
        } else if (i + 1 < replacement.size() && replacement[i + 1] == '{') {
            auto close = replacement.find('}', i);
            if (close == std::string_view::npos) bad_group("${");
            append(regex.group_number(std::string(replacement.substr(i + 2, close - i - 2))));
            i = close;
        } else {
            if (i + 1 >= replacement.size() ||
                !(replacement[i + 1] >= '0' && replacement[i + 1] <= '9'))
                bad_group("$");
            int group = replacement[++i] - '0';
            while (i + 1 < replacement.size() && replacement[i + 1] >= '0' &&
                   replacement[i + 1] <= '9') {
                int longer = group * 10 + (replacement[i + 1] - '0');
                if (longer > regex.group_count()) break;
                group = longer;
                ++i;
            }
            append(group);
        }
    }
}

}  // namespace

std::string Regex::replace_all(
    std::string_view text, size_t start, std::string_view replacement) const {
    std::string out;
    std::vector<Range> groups;
    size_t copied = 0;
    while (find(text, start, groups)) {
        out += text.substr(copied, groups[0].begin - copied);
        append_replacement(out, *this, text, groups, replacement);
        copied = groups[0].end;
        start = next_start(text, groups[0]);
    }
    return out + std::string(text.substr(copied));
}

}  // namespace hanok::engine
