#include "engine/functions/json_path.h"

#include <simdjson.h>

#include <vector>

namespace hanok::engine {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

struct Step {
    enum Kind { kKey, kAnyKey, kIndex, kAnyIndex } kind;
    std::string name;
    size_t index = 0;
};
using Path = std::vector<Step>;

bool read_bracket(std::string_view& text, Path& path) {
    text.remove_prefix(1);
    if (text.empty()) return false;
    if (text[0] == '\'') {
        auto close = text.find('\'', 1);
        if (close == std::string_view::npos) return false;
        auto name = text.substr(1, close - 1);
        path.push_back({name == "*" ? Step::kAnyKey : Step::kKey, std::string(name)});
        text.remove_prefix(close + 1);
    } else if (text[0] == '*') {
        path.push_back({Step::kAnyIndex, ""});
        text.remove_prefix(1);
    } else {
        size_t index = 0, digits = 0;
        while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 10)
            index = index * 10 + static_cast<size_t>(text[digits++] - '0');
        if (digits == 0) return false;
        path.push_back({Step::kIndex, "", index});
        text.remove_prefix(digits);
    }
    if (text.empty() || text[0] != ']') return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Path> parse_path(std::string_view text) {
    if (text.empty() || text[0] != '$') return std::nullopt;
    text.remove_prefix(1);
    Path path;
    while (!text.empty()) {
        if (text[0] == '[') {
            if (!read_bracket(text, path)) return std::nullopt;
            continue;
        }
        if (text[0] != '.') return std::nullopt;
        text.remove_prefix(1);
        auto end = text.find_first_of(".[");
        auto name = text.substr(0, end);
        if (name.empty()) return std::nullopt;
        path.push_back({name == "*" ? Step::kAnyKey : Step::kKey, std::string(name)});
        text.remove_prefix(name.size());
    }
    return path;
}

// How values are written: bare strings at the top, quoted inside arrays, arrays spliced.
enum class Style { kRaw, kQuoted, kFlatten };

// Elements being collected; at the top, one text.
struct Output {
    std::vector<std::string> values;
};

bool evaluate(const element& e, const Path& path, size_t at, Style style, Output& out);

bool leaf(const element& e, Style style, Output& out) {
    if (style == Style::kRaw && e.is_string()) {
        out.values.emplace_back(e.get_string().value_unsafe());
        return true;
    }
    if (style == Style::kFlatten && e.is_array()) {
        bool any = false;
        for (auto child : simdjson::dom::array(e)) any = leaf(child, style, out) || any;
        return any;
    }
    out.values.push_back(simdjson::minify(e));
    return true;
}

std::string joined(const Output& inner) {
    std::string text = "[";
    for (size_t i = 0; i < inner.values.size(); ++i) text += (i ? "," : "") + inner.values[i];
    return text + "]";
}

bool each_element(const element& e, const Path& path, size_t at, Style style, Output& out) {
    bool doubled = at + 1 < path.size() && path[at + 1].kind == Step::kAnyIndex;
    Output inner;
    bool any = false;
    if (doubled || style == Style::kQuoted) {
        for (auto child : simdjson::dom::array(e)) {
            any = evaluate(child, path, doubled ? at + 2 : at + 1,
                      doubled ? Style::kFlatten : Style::kQuoted, inner) ||
                  any;
        }
        out.values.push_back(joined(inner));
        return any;
    }
    int hits = 0;
    auto next = style == Style::kRaw ? Style::kQuoted : Style::kFlatten;
    for (auto child : simdjson::dom::array(e))
        hits += evaluate(child, path, at + 1, next, inner) ? 1 : 0;
    if (hits == 0) return false;
    if (hits > 1) {
        out.values.push_back(joined(inner));
    } else {
        auto text = joined(inner);
        out.values.push_back(text.substr(1, text.size() - 2));
    }
    return true;
}

bool evaluate(const element& e, const Path& path, size_t at, Style style, Output& out) {
    if (at == path.size()) return leaf(e, style, out);
    const auto& step = path[at];
    if (e.is_object()) {
        if (step.kind != Step::kKey && step.kind != Step::kAnyKey) return false;
        for (auto [key, value] : simdjson::dom::object(e)) {
            if (step.kind == Step::kKey && key != step.name) continue;
            if (value.is_null()) {
                if (step.kind == Step::kKey) return false;
                continue;
            }
            if (evaluate(value, path, at + 1, style, out)) return true;
            if (step.kind == Step::kKey) return false;
        }
        return false;
    }
    if (!e.is_array()) return false;
    if (step.kind == Step::kAnyIndex) return each_element(e, path, at, style, out);
    if (step.kind != Step::kIndex) return false;
    element child;
    if (simdjson::dom::array(e).at(step.index).get(child) != simdjson::SUCCESS) return false;
    bool before_any = at + 1 < path.size() && path[at + 1].kind == Step::kAnyIndex;
    return evaluate(child, path, at + 1, before_any ? Style::kQuoted : style, out);
}

const std::optional<Path>& path_of(std::string_view text) {
    thread_local std::string last;
    thread_local std::optional<Path> parsed;
    thread_local bool is_set = false;
    if (!is_set || last != text) {
        parsed = parse_path(text);
        last = text;
        is_set = true;
    }
    return parsed;
}

}  // namespace

std::optional<std::string> json_at_path(std::string_view json, std::string_view path) {
    const auto& steps = path_of(path);
    if (!steps) return std::nullopt;
    thread_local simdjson::dom::parser parser;
    element root;
    if (parser.parse(json.data(), json.size(), true).get(root) != simdjson::SUCCESS)
        return std::nullopt;
    Output out;
    if (!evaluate(root, *steps, 0, Style::kRaw, out) || out.values.empty()) return std::nullopt;
    return out.values[0];
}

}  // namespace hanok::engine
