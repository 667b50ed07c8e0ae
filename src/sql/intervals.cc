// INTERVAL literals: '1-2' YEAR TO MONTH, 3 DAYS 2 HOURS, '1 day'.
#include "sql/interval_text.h"
#include "sql/parser_impl.h"

namespace hanok::sql {

namespace {

using types::DataType;

bool is_unit(Kw k) {
    switch (k) {
        case Kw::kNanosecond:
        case Kw::kNanoseconds:
        case Kw::kMicrosecond:
        case Kw::kMicroseconds:
        case Kw::kMillisecond:
        case Kw::kMilliseconds:
        case Kw::kSecond:
        case Kw::kSeconds:
        case Kw::kMinute:
        case Kw::kMinutes:
        case Kw::kHour:
        case Kw::kHours:
        case Kw::kDay:
        case Kw::kDays:
        case Kw::kWeek:
        case Kw::kWeeks:
        case Kw::kMonth:
        case Kw::kMonths:
        case Kw::kYear:
        case Kw::kYears: return true;
        default: return false;
    }
}

// Fields an interval covers, by the units it was written with.
struct Fields {
    int months_from = 9;
    int months_to = -1;
    int days_from = 9;
    int days_to = -1;
    void add_months(int field) {
        months_from = std::min(months_from, field);
        months_to = std::max(months_to, field);
    }
    void add_days(int field) {
        days_from = std::min(days_from, field);
        days_to = std::max(days_to, field);
    }
    // `unit` in lower case without a plural s; anything unknown counts as seconds.
    void add(const std::string& unit) {
        if (unit == "year")
            add_months(0);
        else if (unit == "month")
            add_months(1);
        else if (unit == "day" || unit == "week")
            add_days(0);
        else if (unit == "hour")
            add_days(1);
        else if (unit == "minute")
            add_days(2);
        else
            add_days(3);
    }
};

std::vector<std::string> unit_words(const std::string& text) {
    std::vector<std::string> words;
    std::string word;
    auto flush = [&] {
        if (word.size() > 1 && word.back() == 's') word.pop_back();
        if (!word.empty() && word != "interval") words.push_back(word);
        word.clear();
    };
    for (char c : types::to_lower(text)) {
        if (c >= 'a' && c <= 'z')
            word += c;
        else
            flush();
    }
    flush();
    return words;
}

int day_time_field(Kw k) {
    return k == Kw::kDay      ? 0
           : k == Kw::kHour   ? 1
           : k == Kw::kMinute ? 2
           : k == Kw::kSecond ? 3
                              : -1;
}

// Tokens of "[+-] value" `ahead` tokens from here; 0 if there is none.
size_t value_tokens(const TokenCursor& c, size_t ahead) {
    size_t sign = c.at(Tok::kPlus, ahead) || c.at(Tok::kMinus, ahead) ? 1 : 0;
    Tok k = c.peek(ahead + sign).kind;
    bool text = k == Tok::kString ||
                (k == Tok::kDoubleQuoted && !c.options().double_quoted_identifiers);
    return text || k == Tok::kInteger || k == Tok::kDecimal ? sign + 1 : 0;
}

bool at_pair(const TokenCursor& c, size_t ahead) {
    size_t n = value_tokens(c, ahead);
    return n > 0 && is_unit(c.peek(ahead + n).keyword);
}

}  // namespace

bool Parser::at_interval_literal() const {
    if (!c_.at(Kw::kInterval)) return false;
    return at_pair(c_, 1) || c_.at(Tok::kString, 1) ||
           (c_.at(Tok::kDoubleQuoted, 1) && !c_.options().double_quoted_identifiers);
}

ExprPtr Parser::interval_literal() {
    size_t first = c_.pos();
    c_.expect(Kw::kInterval);
    if (!at_pair(c_, 0)) return interval_from_string(string_literal(), first, true);
    size_t n = value_tokens(c_, 0);
    if (c_.at(Kw::kTo, n + 1) && is_unit(c_.peek(n + 2).keyword))
        return unit_to_unit_interval(first);
    std::string text;
    while (at_pair(c_, 0)) {
        n = value_tokens(c_, 0);
        if (c_.at(Kw::kTo, n + 1)) c_.fail("_LEGACY_ERROR_TEMP_0024", {}, first);
        std::string value;
        if (c_.at(Tok::kMinus)) value = "-";
        if (n == 2) c_.take();
        if (at_string()) {
            std::string quoted = string_literal_value(
                c_.spelling(c_.take()), c_.options().escaped_string_literals);
            for (char c : quoted) {
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                if (letter) c_.fail("_LEGACY_ERROR_TEMP_0026", {{"value", quoted}}, first);
            }
            if (value == "-" && !quoted.empty() && quoted[0] == '-')
                quoted.erase(0, 1), value.clear();
            value += quoted;
        } else {
            value += std::string(c_.spelling(c_.take()));
        }
        if (!text.empty()) text += " ";
        text += value + " " + types::to_lower(std::string(c_.spelling(c_.take())));
    }
    return interval_from_string(text, first, false);
}

// `typed`: written as INTERVAL 'text', so a bad text is a bad typed literal.
ExprPtr Parser::interval_from_string(const std::string& text, size_t first, bool typed) {
    types::CalendarInterval value;
    int64_t micros = 0;
    Fields fields;
    try {
        value = parse_interval_text(text);
        if (c_.options().legacy_interval)
            return literal_node(DataType::calendar_interval(), types::Value(value), first);
        for (const auto& unit : unit_words(text)) fields.add(unit);
        if (fields.months_to >= 0 && fields.days_to >= 0) {
            throw parse_error("_LEGACY_ERROR_TEMP_0029", {{"literal", c_.text_since(first)}});
        }
        micros = duration_micros(value);
    } catch (Error& error) {
        bool bad_text = error.condition().rfind("INVALID_INTERVAL_FORMAT", 0) == 0;
        if (typed && bad_text) invalid_typed_literal("INTERVAL", text, first);
        c_.fail_as(error, first);
    }
    if (fields.months_to >= 0) {
        return literal_node(DataType::year_month_interval(fields.months_from, fields.months_to),
            types::int_value(value.months), first);
    }
    return literal_node(DataType::day_time_interval(fields.days_from, fields.days_to),
        types::int_value(micros), first);
}

ExprPtr Parser::unit_to_unit_interval(size_t first) {
    bool minus = c_.at(Tok::kMinus);
    if (minus || c_.at(Tok::kPlus)) c_.take();
    if (!at_string()) {
        c_.seek(c_.pos() + 4);
        c_.fail("_LEGACY_ERROR_TEMP_0027", {}, first);
    }
    std::string text = string_literal_value(
        c_.spelling(c_.take()), c_.options().escaped_string_literals);
    if (minus) text = !text.empty() && text[0] == '-' ? text.substr(1) : "-" + text;
    Kw from = c_.take().keyword;
    c_.expect(Kw::kTo);
    Kw to = c_.take().keyword;
    if (at_pair(c_, 0)) c_.fail("_LEGACY_ERROR_TEMP_0024", {}, first);
    try {
        if (from == Kw::kYear && to == Kw::kMonth) {
            return literal_node(DataType::year_month_interval(0, 1),
                types::int_value(parse_year_month(text)), first);
        }
        int from_field = day_time_field(from);
        int to_field = day_time_field(to);
        if (from_field < 0 || to_field <= from_field) {
            throw parse_error("INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION",
                {{"input", text}, {"from", types::to_lower(std::string(keyword_text(from)))},
                    {"to", types::to_lower(std::string(keyword_text(to)))}});
        }
        int64_t micros = parse_day_time(text, from_field, to_field);
        return literal_node(
            DataType::day_time_interval(from_field, to_field), types::int_value(micros), first);
    } catch (Error& error) {
        c_.fail_as(error, first);
    }
}

}  // namespace hanok::sql
