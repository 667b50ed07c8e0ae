#include "engine/functions/number_format.h"

#include <memory>
#include <unordered_map>

#include "engine/functions/groups.h"
#include "engine/functions/kernel.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

[[noreturn]] void bad_format(const std::string& subclass, std::string_view format) {
    raise(Error(ErrorKind::kIllegalArgument, "INVALID_FORMAT." + subclass,
        {{"format", "'" + std::string(format) + "'"}}));
}

}  // namespace

const NumberFormat& NumberFormat::get(std::string_view format) {
    thread_local std::unordered_map<std::string, std::unique_ptr<NumberFormat>> cache;
    auto& entry = cache[std::string(format)];
    if (!entry) {
        try {
            entry.reset(new NumberFormat(format));
        } catch (...) {
            cache.erase(std::string(format));
            throw;
        }
    }
    return *entry;
}

NumberFormat::NumberFormat(std::string_view given) {
    std::string format = types::to_upper(std::string(given));
    if (format.empty()) bad_format("EMPTY", given);
    if (format.find_first_of("09") == std::string::npos) bad_format("WRONG_NUM_DIGIT", given);
    bool fraction = false;
    bool bracket = format.size() >= 2 && format.substr(format.size() - 2) == "PR";
    if (bracket) tokens_.push_back({Token::kOpen, ""});
    for (size_t i = 0; i < format.size();) {
        char c = format[i];
        if (c == '0' || c == '9') {
            size_t begin = i;
            while (i < format.size() && (format[i] == '0' || format[i] == '9')) ++i;
            auto digits = format.substr(begin, i - begin);
            tokens_.push_back({Token::kDigits, digits});
            (fraction ? fraction_ : integral_) += digits;
            continue;
        }
        if (c == '.' || c == 'D') {
            if (fraction) bad_format("UNEXPECTED_TOKEN", given);
            fraction = true;
            tokens_.push_back({Token::kPoint, ""});
        } else if (c == ',' || c == 'G') {
            tokens_.push_back({Token::kGroup, ""});
        } else if (c == '$') {
            tokens_.push_back({Token::kDollar, ""});
        } else if (c == 'S') {
            tokens_.push_back({Token::kSign, ""});
        } else if (format.substr(i, 2) == "MI") {
            tokens_.push_back({Token::kMinus, ""});
            ++i;
        } else if (format.substr(i, 2) == "PR" && i + 2 == format.size()) {
            tokens_.push_back({Token::kClose, ""});
            ++i;
        } else {
            bad_format("UNEXPECTED_TOKEN", given);
        }
        ++i;
    }
    check(given);
}

void NumberFormat::check(std::string_view format) const {
    int signs = 0, dollars = 0;
    for (const auto& [token, text] : tokens_) {
        if (token == Token::kSign || token == Token::kMinus || token == Token::kClose) ++signs;
        if (token == Token::kDollar) ++dollars;
    }
    if (signs > 1 || dollars > 1) bad_format("UNEXPECTED_TOKEN", format);
}

std::optional<Int128> NumberFormat::parse(std::string_view text) const {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    std::string whole, part;
    bool negative = false, open = false, in_fraction = false;
    size_t at = 0;
    for (size_t t = 0; t < tokens_.size(); ++t) {
        const auto& [token, digits] = tokens_[t];
        switch (token) {
            case Token::kDigits:
                for (size_t n = 0; n < digits.size() && at < text.size() && is_digit(text[at]);
                     ++n) {
                    (in_fraction ? part : whole) += text[at++];
                }
                break;
            case Token::kGroup:
                if (at < text.size() && text[at] == ',') {
                    ++at;
                } else if (!whole.empty()) {
                    // A shorter number fills the last groups only: move on only while no group is
                    // missing.
                    if (at < text.size() && is_digit(text[at])) return std::nullopt;
                }
                break;
            case Token::kPoint:
                in_fraction = true;
                if (at < text.size() && text[at] == '.') ++at;
                break;
            case Token::kDollar:
                if (at >= text.size() || text[at] != '$') return std::nullopt;
                ++at;
                break;
            case Token::kSign:
            case Token::kMinus:
                if (at < text.size() &&
                    (text[at] == '-' || (text[at] == '+' && token == Token::kSign)))
                    negative = text[at++] == '-';
                break;
            case Token::kOpen:
                if (at < text.size() && text[at] == '<') {
                    open = true;
                    ++at;
                }
                break;
            case Token::kClose:
                if (open != (at < text.size() && text[at] == '>')) return std::nullopt;
                if (open) {
                    negative = true;
                    ++at;
                }
                break;
        }
    }
    if (at != text.size() || (whole.empty() && part.empty())) return std::nullopt;
    // Zeros of the format ask for as many digits.
    auto first_zero = integral_.find('0');
    if (first_zero != std::string::npos && whole.size() < integral_.size() - first_zero)
        return std::nullopt;
    part.resize(fraction_.size(), '0');
    Int128 value = 0;
    for (char c : whole + part) value = value * 10 + (c - '0');
    return negative ? -value : value;
}

std::string NumberFormat::overflow() const {
    std::string out;
    for (const auto& [token, digits] : tokens_) {
        if (token == Token::kDigits) out += std::string(digits.size(), '#');
        if (token == Token::kPoint) out += '.';
        if (token == Token::kGroup) out += ' ';
        if (token == Token::kDollar) out += '$';
    }
    return out;
}

std::string NumberFormat::print(Int128 unscaled, int scale) const {
    bool negative = unscaled < 0;
    auto text = types::decimal_to_string(negative ? -unscaled : unscaled, scale);
    auto point = text.find('.');
    std::string whole = text.substr(0, point),
                part = point == std::string::npos ? "" : text.substr(point + 1);
    if (whole == "0") whole.clear();
    if (whole.size() > integral_.size()) return overflow();
    part.resize(fraction_.size(), '0');
    size_t missing = integral_.size() - whole.size();
    std::string out;
    size_t i = 0, f = 0;
    bool in_fraction = false, started = false;
    auto append_sign = [&](char sign) {
        if (!out.empty() && out.back() == ' ' && out.find_first_not_of(' ') == std::string::npos) {
            out.back() = sign;
        } else {
            out += sign;
        }
    };
    for (const auto& [token, digits] : tokens_) {
        switch (token) {
            case Token::kDigits:
                for (char c : digits) {
                    if (in_fraction) {
                        out += part[f++];
                    } else if (i++ < missing) {
                        started = started || c == '0';
                        // A sign stands right before the digits.
                        bool after_sign = !out.empty() && (out.back() == '-' || out.back() == '+');
                        if (started || !after_sign) {
                            out += started ? '0' : ' ';
                        } else {
                            out.insert(out.size() - 1, 1, ' ');
                        }
                    } else {
                        started = true;
                        out += whole[i - 1 - missing];
                    }
                }
                break;
            case Token::kGroup: out += started ? ',' : ' '; break;
            case Token::kPoint:
                if (!out.empty() && out.back() == ' ') out.back() = '0';
                out += '.';
                in_fraction = true;
                break;
            case Token::kDollar: out += '$'; break;
            case Token::kSign: append_sign(negative ? '-' : '+'); break;
            case Token::kMinus: out += negative ? '-' : ' '; break;
            case Token::kOpen:
                if (negative) out += '<';
                break;
            case Token::kClose:
                if (negative) out += '>';
                break;
        }
    }
    if (!out.empty() && out.back() == '.') out.pop_back();
    return out;
}

void add_number_formats(KernelSet& kernels) {
    kernels.add(
        "spark_to_number",
        [](std::string_view text, std::string_view format) -> std::optional<Int128> {
            if (auto value = NumberFormat::get(format).parse(text)) return value;
            raise(Error(ErrorKind::kIllegalArgument, "INVALID_FORMAT.MISMATCH_INPUT",
                {{"inputType", "\"STRING\""}, {"input", std::string(text)},
                    {"format", std::string(format)}}));
        },
        Fallible::kYes);
    kernels.add(
        "spark_try_to_number",
        [](std::string_view text, std::string_view format) {
            return NumberFormat::get(format).parse(text);
        },
        Fallible::kYes);
    kernels.add(
        "spark_to_char",
        [](Int128 value, int32_t scale, std::string_view format) {
            return NumberFormat::get(format).print(value, scale);
        },
        Fallible::kYes);
}

}  // namespace hanok::engine
