#include "engine/functions/variant/variant_json.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "engine/functions/base64.h"
#include "engine/functions/json_text.h"
#include "engine/functions/text_parsers.h"
#include "engine/io/json_cursor.h"
#include "types/datetime_text.h"
#include "types/value.h"

namespace hanok::engine {

namespace {

constexpr int kDepthLimit = 1000;

class Reader {
public:
    explicit Reader(std::string_view json, VariantBuilder& out) : cursor_(syntax()), out_(out) {
        cursor_.start(json);
    }

    void read() {
        value(0);
        if (cursor_.peek() != JsonKind::kEnd) throw JsonSyntaxError{};
    }

private:
    static const JsonSyntax& syntax() {
        static const JsonSyntax strict = [] {
            JsonSyntax s;
            s.single_quotes = false;
            s.non_numeric_numbers = false;
            return s;
        }();
        return strict;
    }

    void value(int depth) {
        if (depth > kDepthLimit) throw JsonSyntaxError{};
        switch (cursor_.peek()) {
            case JsonKind::kNull: cursor_.take_word(); return out_.null();
            case JsonKind::kTrue: cursor_.take_word(); return out_.boolean(true);
            case JsonKind::kFalse: cursor_.take_word(); return out_.boolean(false);
            case JsonKind::kInteger:
            case JsonKind::kFloating: return number(std::string(cursor_.take_number()));
            case JsonKind::kString: return out_.text(cursor_.take_string());
            case JsonKind::kArray: return array(depth);
            case JsonKind::kObject: return object(depth);
            case JsonKind::kNonNumeric:
            case JsonKind::kEnd: throw JsonSyntaxError{};
        }
    }

    void number(const std::string& text) {
        types::Int128 unscaled = 0;
        int precision = 0, scale = 0;
        bool plain = text.find_first_of("eE") == std::string::npos;
        if (plain && types::parse_decimal(text, &unscaled, &precision, &scale)) {
            bool is_integer = text.find('.') == std::string::npos;
            if (is_integer && unscaled >= INT64_MIN && unscaled <= INT64_MAX)
                return out_.integer(static_cast<int64_t>(unscaled));
            if (precision <= 38 && scale <= 38) return out_.decimal({unscaled, scale});
        }
        auto x = std::strtod(text.c_str(), nullptr);
        if (!std::isfinite(x)) throw JsonSyntaxError{};
        out_.real(x);
    }

    void array(int depth) {
        auto begin = out_.begin();
        std::vector<size_t> offsets;
        cursor_.enter_array();
        while (cursor_.next_element()) {
            offsets.push_back(out_.offset(begin));
            value(depth + 1);
        }
        out_.end_array(begin, offsets);
    }

    void object(int depth) {
        auto begin = out_.begin();
        std::vector<VariantBuilder::Field> fields;
        cursor_.enter_object();
        std::string_view name;
        while (cursor_.next_field(&name)) {
            fields.push_back(out_.field(name, begin));
            value(depth + 1);
        }
        out_.end_object(begin, fields);
    }

    JsonCursor cursor_;
    VariantBuilder& out_;
};

std::string instant_text(int64_t micros, const std::string& zone) {
    auto seconds = types::utc_offset_seconds(micros, zone);
    auto text = types::timestamp_to_string(micros, zone);
    auto size = std::abs(seconds);
    char offset[16];
    std::snprintf(offset, sizeof(offset), "%c%02d:%02d", seconds < 0 ? '-' : '+',
        static_cast<int>(size / 3600), static_cast<int>(size / 60 % 60));
    return text + offset;
}

void append_real(std::string& out, double x, const std::string& text) {
    out += std::isfinite(x) ? text : "\"" + text + "\"";
}

}  // namespace

void read_variant_json(std::string_view json, VariantBuilder& out) { Reader(json, out).read(); }

void append_variant_json(std::string& out, const VariantView& v, const std::string& time_zone) {
    switch (v.kind()) {
        case VariantKind::kNull: out += "null"; return;
        case VariantKind::kBoolean: out += v.boolean() ? "true" : "false"; return;
        case VariantKind::kLong: out += std::to_string(v.integer()); return;
        case VariantKind::kFloat:
            return append_real(out, v.real(), types::float_to_string(static_cast<float>(v.real())));
        case VariantKind::kDouble:
            return append_real(out, v.real(), types::double_to_string(v.real()));
        case VariantKind::kDecimal: {
            auto d = v.decimal();
            out += types::decimal_to_string(d.unscaled, d.scale);
            return;
        }
        case VariantKind::kDate: out += "\"" + types::date_to_string(v.integer()) + "\""; return;
        case VariantKind::kTimestamp:
            out += "\"" + instant_text(v.integer(), time_zone) + "\"";
            return;
        case VariantKind::kTimestampNtz:
            out += "\"" + types::timestamp_ntz_to_string(v.integer()) + "\"";
            return;
        case VariantKind::kString: return append_json_string(out, v.text());
        case VariantKind::kBinary: out += "\"" + to_base64(v.text()) + "\""; return;
        case VariantKind::kUuid: out += "\"" + v.uuid() + "\""; return;
        case VariantKind::kArray:
        case VariantKind::kObject: break;
    }
    bool is_object = v.kind() == VariantKind::kObject;
    out += is_object ? '{' : '[';
    for (size_t i = 0, n = v.size(); i < n; ++i) {
        if (i > 0) out += ',';
        if (is_object) {
            append_json_string(out, v.key(i));
            out += ':';
        }
        append_variant_json(out, v.element(i), time_zone);
    }
    out += is_object ? '}' : ']';
}

}  // namespace hanok::engine
