#include "sql/interval_text.h"

#include <limits>
#include <optional>

#include "base/error.h"
#include "types/data_type.h"

namespace hanok::sql {

namespace {

using types::Int128;

constexpr int64_t kMicrosPerSecond = 1000000;
constexpr int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
constexpr int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
constexpr int64_t kMicrosPerDay = 24 * kMicrosPerHour;
constexpr const char* kFieldNames[] = {"day", "hour", "minute", "second"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' '; }

std::string trim(const std::string& s) {
    size_t begin = 0;
    size_t end = s.size();
    while (begin < end && is_blank(s[begin])) ++begin;
    while (end > begin && is_blank(s[end - 1])) --end;
    return s.substr(begin, end - begin);
}

[[noreturn]] void fail(
    const std::string& subclass, const std::string& input, ErrorParameters more = {}) {
    more["input"] = input;
    throw parse_error("INVALID_INTERVAL_FORMAT." + subclass, std::move(more));
}

[[noreturn]] void out_of_range(const std::string& text) {
    throw parse_error(
        "_LEGACY_ERROR_TEMP_0063", {{"msg", "The interval '" + text + "' is out of range."}});
}

// Reads "[+-] number unit" pairs.
class PairReader {
public:
    explicit PairReader(const std::string& input)
        : input_(input), text_(types::to_lower(trim(input))) {}

    types::CalendarInterval read() {
        if (text_.empty()) fail("INPUT_IS_EMPTY", input_);
        skip_prefix();
        if (pos_ >= text_.size()) fail("INPUT_IS_EMPTY", input_);
        while (pos_ < text_.size()) {
            read_pair();
            skip_blanks();
        }
        constexpr auto kMax = std::numeric_limits<int32_t>::max();
        constexpr auto kMin = std::numeric_limits<int32_t>::min();
        bool fits = months_ >= kMin && months_ <= kMax && days_ >= kMin && days_ <= kMax &&
                    micros_ >= std::numeric_limits<int64_t>::min() &&
                    micros_ <= std::numeric_limits<int64_t>::max();
        if (!fits) fail("ARITHMETIC_EXCEPTION", input_);
        return {static_cast<int32_t>(months_), static_cast<int32_t>(days_),
            static_cast<int64_t>(micros_)};
    }

private:
    void skip_blanks() {
        while (pos_ < text_.size() && is_blank(text_[pos_])) ++pos_;
    }

    void skip_prefix() {
        const std::string prefix = "interval";
        if (text_.compare(0, prefix.size(), prefix) != 0) return;
        pos_ = prefix.size();
        if (pos_ < text_.size() && !is_blank(text_[pos_]))
            fail("INVALID_PREFIX", input_, {{"prefix", word()}});
        skip_blanks();
    }

    // The word at the reading position, for messages.
    std::string word() const {
        size_t begin = pos_;
        while (begin > 0 && !is_blank(text_[begin - 1])) --begin;
        size_t end = pos_;
        while (end < text_.size() && !is_blank(text_[end])) ++end;
        return text_.substr(begin, end - begin);
    }

    void read_pair() {
        bool negative = false;
        if (text_[pos_] == '-' || text_[pos_] == '+') {
            negative = text_[pos_++] == '-';
            skip_blanks();
        }
        if (pos_ >= text_.size()) fail("MISSING_NUMBER", input_, {{"word", ""}});
        char c = text_[pos_];
        if (!is_digit(c) && c != '.') fail("UNRECOGNIZED_NUMBER", input_, {{"number", word()}});
        Int128 value = 0;
        while (pos_ < text_.size() && is_digit(text_[pos_])) {
            value = value * 10 + (text_[pos_++] - '0');
            if (value > std::numeric_limits<int64_t>::max()) {
                bool lowest = negative && value == Int128(std::numeric_limits<int64_t>::max()) + 1;
                if (!lowest) fail("ARITHMETIC_EXCEPTION", input_);
            }
        }
        Int128 nanos = 0;
        bool fraction = pos_ < text_.size() && text_[pos_] == '.';
        if (fraction) nanos = read_fraction();
        if (pos_ < text_.size() && !is_blank(text_[pos_]))
            fail("INVALID_VALUE", input_, {{"value", word()}});
        skip_blanks();
        if (pos_ >= text_.size()) fail("MISSING_UNIT", input_, {{"word", last_word()}});
        if (negative) {
            value = -value;
            nanos = -nanos;
        }
        add(value, nanos, fraction);
    }

    std::string last_word() const {
        size_t begin = text_.find_last_of(" \t\n");
        return begin == std::string::npos ? text_ : text_.substr(begin + 1);
    }

    Int128 read_fraction() {
        constexpr int kDigits = 9;
        ++pos_;
        Int128 nanos = 0;
        int digits = 0;
        while (pos_ < text_.size() && is_digit(text_[pos_])) {
            if (++digits > kDigits) fail("INVALID_PRECISION", input_, {{"value", word()}});
            nanos = nanos * 10 + (text_[pos_++] - '0');
        }
        for (; digits < kDigits; ++digits) nanos *= 10;
        return nanos;
    }

    void add(Int128 value, Int128 nanos, bool fraction) {
        std::string unit_word = word();
        pos_ += unit_word.size();
        std::string unit = unit_word;
        if (unit.size() > 1 && unit.back() == 's') unit.pop_back();
        if (fraction && unit != "second") fail("INVALID_FRACTION", input_, {{"unit", unit_word}});
        if (unit == "year")
            months_ += value * 12;
        else if (unit == "month")
            months_ += value;
        else if (unit == "week")
            days_ += value * 7;
        else if (unit == "day")
            days_ += value;
        else if (unit == "hour")
            micros_ += value * kMicrosPerHour;
        else if (unit == "minute")
            micros_ += value * kMicrosPerMinute;
        else if (unit == "second")
            micros_ += value * kMicrosPerSecond + nanos / 1000;
        else if (unit == "millisecond")
            micros_ += value * 1000;
        else if (unit == "microsecond")
            micros_ += value;
        else
            fail("INVALID_UNIT", input_, {{"unit", unit_word}});
    }

    std::string input_;
    std::string text_;
    size_t pos_ = 0;
    Int128 months_ = 0;
    Int128 days_ = 0;
    Int128 micros_ = 0;
};

// Reads the fields of an ANSI interval; `ok` turns false at the first surprise.
class FieldReader {
public:
    explicit FieldReader(std::string text) : text_(std::move(text)) {
        if (!text_.empty() && (text_[0] == '+' || text_[0] == '-'))
            negative_ = text_[pos_++] == '-';
    }

    Int128 number(size_t max_digits) {
        Int128 v = 0;
        size_t digits = 0;
        while (pos_ < text_.size() && is_digit(text_[pos_]) && digits < max_digits) {
            v = v * 10 + (text_[pos_++] - '0');
            ++digits;
        }
        if (digits == 0) ok_ = false;
        return v;
    }

    void separator(char c) {
        if (pos_ >= text_.size() || text_[pos_] != c) ok_ = false;
        ++pos_;
    }

    // ".5" as microseconds; nothing is 0.
    Int128 fraction() {
        if (pos_ >= text_.size() || text_[pos_] != '.') return 0;
        ++pos_;
        Int128 nanos = 0;
        int digits = 0;
        while (pos_ < text_.size() && is_digit(text_[pos_]) && digits < 9) {
            nanos = nanos * 10 + (text_[pos_++] - '0');
            ++digits;
        }
        for (; digits < 9; ++digits) nanos *= 10;
        return nanos / 1000;
    }

    bool finished() const { return ok_ && pos_ == text_.size(); }
    bool negative() const { return negative_; }

private:
    std::string text_;
    size_t pos_ = 0;
    bool ok_ = true;
    bool negative_ = false;
};

constexpr size_t kManyDigits = 30;

std::string day_time_format(int from, int to) {
    static constexpr const char* kLetters[] = {"d", "hh", "mm", "ss.nnnnnnnnn"};
    std::string out = "[+|-]";
    for (int f = from; f <= to; ++f) {
        if (f > from) out += f == 1 ? " " : ":";
        out += f == from && f > 0 ? std::string(1, kLetters[f][0]) : kLetters[f];
    }
    return out;
}

}  // namespace

types::CalendarInterval parse_interval_text(const std::string& text) {
    return PairReader(text).read();
}

int64_t parse_year_month(const std::string& text) {
    FieldReader r(trim(text));
    Int128 years = r.number(kManyDigits);
    r.separator('-');
    Int128 months = r.number(kManyDigits);
    if (!r.finished()) {
        fail("UNMATCHED_FORMAT_STRING", text,
            {{"intervalStr", "year-month"}, {"supportedFormat", "`[+|-]y-m`"},
                {"typeName", "interval year to month"}});
    }
    constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
    Int128 total = years * 12 + months;
    if (months > 11 || total > kMax + (r.negative() ? 1 : 0))
        fail("INTERVAL_PARSING", text, {{"interval", "year-month"}});
    return static_cast<int64_t>(r.negative() ? -total : total);
}

int64_t parse_day_time(const std::string& text, int from, int to) {
    static constexpr int64_t kUnits[] = {
        kMicrosPerDay, kMicrosPerHour, kMicrosPerMinute, kMicrosPerSecond};
    static constexpr int kLimits[] = {0, 23, 59, 59};
    FieldReader r(trim(text));
    Int128 total = 0;
    bool in_range = true;
    for (int f = from; f <= to; ++f) {
        if (f > from) r.separator(f == 1 ? ' ' : ':');
        Int128 v = r.number(f == from ? kManyDigits : 2);
        if (f > from && v > kLimits[f]) in_range = false;
        total += v * kUnits[f];
        if (f == 3) total += r.fraction();
    }
    if (!r.finished()) {
        std::string type = std::string("interval ") + kFieldNames[from] + " to " + kFieldNames[to];
        fail("UNMATCHED_FORMAT_STRING_WITH_NOTICE", text,
            {{"intervalStr", "day-time"},
                {"supportedFormat", "`" + day_time_format(from, to) + "`"}, {"typeName", type}});
    }
    Int128 limit = Int128(std::numeric_limits<int64_t>::max()) + (r.negative() ? 1 : 0);
    if (!in_range || total > limit) out_of_range(text);
    return static_cast<int64_t>(r.negative() ? -total : total);
}

int64_t duration_micros(const types::CalendarInterval& interval) {
    Int128 total = Int128(interval.days) * kMicrosPerDay + interval.microseconds;
    if (total > std::numeric_limits<int64_t>::max() ||
        total < std::numeric_limits<int64_t>::min()) {
        throw Error(ErrorKind::kArithmetic, "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION");
    }
    return static_cast<int64_t>(total);
}

}  // namespace hanok::sql
