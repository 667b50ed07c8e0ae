// SQLSTATEs (Spark's published list of error conditions) and our message texts.

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

#include "base/error.h"

namespace hanok {

namespace {

struct ConditionState {
    std::string_view condition;
    std::string_view sqlstate;
};

constexpr ConditionState kStates[] = {
#include "base/error_sqlstates.inc"
};

// Texts of the conditions users meet most; the others print their parameters.
const std::unordered_map<std::string_view, std::string_view>& texts() {
    static const std::unordered_map<std::string_view, std::string_view> map = {
#include "base/error_messages.inc"
    };
    return map;
}

std::string generic_text(const ErrorParameters& parameters) {
    std::string out;
    for (const auto& [name, value] : parameters)
        out += (out.empty() ? "" : "; ") + name + ": " + value;
    return out.empty() ? "The request failed." : out + ".";
}

}  // namespace

std::string sqlstate_of(const std::string& condition) {
    auto less = [](const ConditionState& a, std::string_view b) { return a.condition < b; };
    auto it = std::lower_bound(
        std::begin(kStates), std::end(kStates), std::string_view(condition), less);
    if (it != std::end(kStates) && it->condition == condition) return std::string(it->sqlstate);
    auto dot = condition.rfind('.');
    return dot == std::string::npos ? "" : sqlstate_of(condition.substr(0, dot));
}

std::string message_of(const std::string& condition, const ErrorParameters& parameters) {
    auto it = texts().find(condition);
    if (it == texts().end()) return generic_text(parameters);
    std::string out;
    std::string_view text = it->second;
    while (!text.empty()) {
        auto open = text.find('<');
        auto close = open == std::string_view::npos ? open : text.find('>', open);
        if (close == std::string_view::npos) break;
        out += text.substr(0, open);
        auto parameter = parameters.find(std::string(text.substr(open + 1, close - open - 1)));
        if (parameter != parameters.end()) {
            out += parameter->second;
        } else {
            out += text.substr(open, close - open + 1);
        }
        text.remove_prefix(close + 1);
    }
    return out + std::string(text);
}

}  // namespace hanok
