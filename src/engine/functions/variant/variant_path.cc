#include "engine/functions/variant/variant_path.h"

namespace hanok::engine {

namespace {

std::optional<VariantStep> bracket_step(std::string_view inside) {
    VariantStep step;
    if (inside.size() >= 2 && (inside[0] == '\'' || inside[0] == '"')) {
        if (inside.back() != inside[0]) return std::nullopt;
        step.key = std::string(inside.substr(1, inside.size() - 2));
        return step;
    }
    if (inside.empty() || inside.size() > 9) return std::nullopt;
    step.is_index = true;
    for (char c : inside) {
        if (c < '0' || c > '9') return std::nullopt;
        step.index = step.index * 10 + static_cast<size_t>(c - '0');
    }
    return step;
}

// Where the bracket opened at `open` closes; quotes may hold brackets.
size_t closing(std::string_view path, size_t open) {
    char quote = open + 1 < path.size() ? path[open + 1] : '\0';
    if (quote != '\'' && quote != '"') return path.find(']', open);
    auto end = path.find(quote, open + 2);
    if (end == std::string_view::npos) return end;
    return end + 1 < path.size() && path[end + 1] == ']' ? end + 1 : std::string_view::npos;
}

}  // namespace

std::optional<std::vector<VariantStep>> parse_variant_path(std::string_view path) {
    if (path.empty() || path[0] != '$') return std::nullopt;
    std::vector<VariantStep> steps;
    size_t at = 1;
    while (at < path.size()) {
        if (path[at] == '.') {
            auto end = std::min(path.find_first_of(".[", at + 1), path.size());
            if (end == at + 1) return std::nullopt;
            steps.push_back({std::string(path.substr(at + 1, end - at - 1)), 0, false});
            at = end;
        } else if (path[at] == '[') {
            auto end = closing(path, at);
            if (end == std::string_view::npos) return std::nullopt;
            auto step = bracket_step(path.substr(at + 1, end - at - 1));
            if (!step) return std::nullopt;
            steps.push_back(std::move(*step));
            at = end + 1;
        } else {
            return std::nullopt;
        }
    }
    return steps;
}

std::optional<VariantView> variant_at(VariantView value, const std::vector<VariantStep>& path) {
    for (const auto& step : path) {
        auto kind = value.kind();
        if (step.is_index) {
            if (kind != VariantKind::kArray || step.index >= value.size()) return std::nullopt;
            value = value.element(step.index);
        } else {
            if (kind != VariantKind::kObject) return std::nullopt;
            auto field = value.field(step.key);
            if (!field) return std::nullopt;
            value = *field;
        }
    }
    return value;
}

}  // namespace hanok::engine
