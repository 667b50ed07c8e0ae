#include "sql/datetime_literal.h"

#include "types/datetime_text.h"

namespace hanok::sql {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim(std::string_view s) {
    while (!s.empty() && static_cast<unsigned char>(s.front()) <= ' ') s.remove_prefix(1);
    while (!s.empty() && static_cast<unsigned char>(s.back()) <= ' ') s.remove_suffix(1);
    return s;
}

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool done() const { return pos_ >= text_.size(); }
    char peek() const { return done() ? '\0' : text_[pos_]; }
    bool accept(char c) {
        if (peek() != c) return false;
        ++pos_;
        return true;
    }
    // A number of `low` to `high` digits.
    bool number(int low, int high, int64_t* value) {
        int digits = 0;
        int64_t v = 0;
        while (is_digit(peek())) {
            if (++digits > high) return false;
            v = v * 10 + (text_[pos_++] - '0');
        }
        *value = v;
        return digits >= low;
    }
    // Digits behind a point, as a fraction of 10^digits; more digits are cut off.
    int64_t fraction(int digits) {
        int64_t v = 0;
        int seen = 0;
        while (is_digit(peek())) {
            if (seen < digits) {
                v = v * 10 + (peek() - '0');
                ++seen;
            }
            ++pos_;
        }
        for (; seen < digits; ++seen) v *= 10;
        return v;
    }
    std::string_view rest() const { return text_.substr(pos_); }

private:
    std::string_view text_;
    size_t pos_ = 0;
};

bool is_leap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool valid_date(int64_t year, int64_t month, int64_t day) {
    static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return false;
    int last = kDays[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
    return day <= last;
}

// h:m[:s[.f]] with `fraction_digits` digits of the fraction; result in units of 10^-fraction_digits
// seconds.
bool clock(Reader* r, int fraction_digits, int64_t* units) {
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    int64_t fraction = 0;
    int64_t scale = 1;
    for (int i = 0; i < fraction_digits; ++i) scale *= 10;
    if (!r->number(1, 2, &hour) || !r->accept(':') || !r->number(1, 2, &minute)) return false;
    if (r->accept(':')) {
        if (!r->number(1, 2, &second)) return false;
        if (r->accept('.')) fraction = r->fraction(fraction_digits);
    }
    if (hour > 23 || minute > 59 || second > 59) return false;
    *units = (hour * 3600 + minute * 60 + second) * scale + fraction;
    return true;
}

}  // namespace

std::optional<DateTimeText> parse_date_time(std::string_view text, bool allow_time) {
    constexpr int kMaxYearDigits = 7;
    Reader r(trim(text));
    DateTimeText out;
    bool negative = r.peek() == '-';
    if (negative || r.peek() == '+') r.accept(r.peek());
    int64_t year = 0;
    int64_t month = 1;
    int64_t day = 1;
    if (!r.number(4, allow_time ? 6 : kMaxYearDigits, &year)) return std::nullopt;
    if (negative) year = -year;
    bool has_day = false;
    if (r.accept('-')) {
        if (!r.number(1, 2, &month)) return std::nullopt;
        if (r.accept('-')) {
            if (!r.number(1, 2, &day)) return std::nullopt;
            has_day = true;
        }
    }
    if (!valid_date(year, month, day)) return std::nullopt;
    out.days = types::days_from_civil(
        year, static_cast<unsigned>(month), static_cast<unsigned>(day));
    if (r.done()) return out;
    if (!has_day || !(r.accept(' ') || r.accept('T'))) return std::nullopt;
    if (!allow_time) return out;
    if (!clock(&r, 6, &out.micros_of_day)) return std::nullopt;
    out.has_time = true;
    out.zone = std::string(trim(r.rest()));
    if (out.zone == "Z") out.zone = "UTC";
    return out;
}

std::optional<int64_t> parse_time_of_day(std::string_view text) {
    constexpr int64_t kNanosPerHour = 3600LL * 1000000000;
    std::string_view t = trim(text);
    bool pm = false;
    bool am = false;
    if (t.size() > 2 && (t.back() == 'M' || t.back() == 'm')) {
        char half = t[t.size() - 2];
        am = half == 'A' || half == 'a';
        pm = half == 'P' || half == 'p';
        if (am || pm) t = trim(t.substr(0, t.size() - 2));
    }
    Reader r(t);
    int64_t nanos = 0;
    if (!clock(&r, 9, &nanos) || !r.done()) return std::nullopt;
    int64_t hour = nanos / kNanosPerHour;
    if ((am || pm) && (hour < 1 || hour > 12)) return std::nullopt;
    if (pm && hour < 12) nanos += 12 * kNanosPerHour;
    if (am && hour == 12) nanos -= 12 * kNanosPerHour;
    return nanos;
}

}  // namespace hanok::sql
