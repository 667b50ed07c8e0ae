// Case, length, trimming, padding, parts, joining.

#include <duckdb/parser/expression/list.hpp>

#include <algorithm>
#include <limits>

#include "engine/functions/groups.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"
#include "engine/functions/utf8.h"

namespace hanok::engine {

using types::TypeId;

namespace {

std::string initcap(std::string_view text) {
    std::string out, lower = to_lower_text(text);
    bool starts_word = true;
    for (auto c : utf8_characters(lower)) {
        out += starts_word ? to_upper_text(c) : std::string(c);
        starts_word = c == " ";
    }
    return out;
}

std::string reversed(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    auto characters = utf8_characters(text);
    for (auto it = characters.rbegin(); it != characters.rend(); ++it) out += *it;
    return out;
}

std::string_view trimmed(std::string_view text, bool left, bool right) {
    while (left && !text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (right && !text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::string_view trimmed_of(std::string_view text, std::string_view what, bool left, bool right) {
    auto unwanted = utf8_characters(what);
    auto is_unwanted = [&](std::string_view c) {
        return std::find(unwanted.begin(), unwanted.end(), c) != unwanted.end();
    };
    auto characters = utf8_characters(text);
    size_t begin = 0, end = characters.size();
    while (left && begin < end && is_unwanted(characters[begin]))
        text.remove_prefix(characters[begin++].size());
    while (right && begin < end && is_unwanted(characters[end - 1]))
        text.remove_suffix(characters[--end].size());
    return text;
}

void add_trim(KernelSet& kernels, const char* name, bool left, bool right) {
    kernels.add(name, [left, right](std::string_view s) { return trimmed(s, left, right); });
    kernels.add(name, [left, right](std::string_view s, std::string_view what) {
        return trimmed_of(s, what, left, right);
    });
}

std::string padding(std::string_view pad, int64_t count) {
    std::string out;
    auto width = utf8_length(pad);
    for (; count >= width; count -= width) out += pad;
    return out + std::string(utf8_slice(pad, 0, count));
}

std::string padded(std::string_view text, int32_t length, std::string_view pad, bool left) {
    if (length <= 0) return "";
    auto have = utf8_length(text);
    if (have >= length) return std::string(utf8_slice(text, 0, length));
    if (pad.empty()) return std::string(text);
    auto fill = padding(pad, length - have);
    return left ? fill + std::string(text) : std::string(text) + fill;
}

Blob padded_bytes(Bytes value, int32_t length, Bytes pad, bool left) {
    auto n = static_cast<size_t>(std::max(length, 0));
    if (value.data.size() >= n) return {std::string(value.data.substr(0, n))};
    if (pad.data.empty()) return {std::string(value.data)};
    std::string fill;
    while (fill.size() < n - value.data.size()) fill += pad.data;
    fill.resize(n - value.data.size());
    return {left ? fill + std::string(value.data) : std::string(value.data) + fill};
}

// SQL's substring: positions from 1, negative ones from the end, 0 as 1.
template <class Length, class Slice>
auto substring_of(int32_t position, int32_t length, Length count, Slice slice) {
    int64_t n = position < 0 ? count() : 0;
    int64_t begin = position > 0 ? position - 1 : position < 0 ? n + position : 0;
    int64_t end = length == std::numeric_limits<int32_t>::max()
                      ? std::numeric_limits<int32_t>::max()
                      : begin + length;
    return slice(std::max<int64_t>(begin, 0), end);
}

std::string_view substring(std::string_view s, int32_t position, int32_t length) {
    return substring_of(
        position, length, [&] { return int64_t(utf8_length(s)); },
        [&](int64_t begin, int64_t end) { return utf8_slice(s, begin, end); });
}

Blob substring_bytes(Bytes b, int32_t position, int32_t length) {
    auto size = static_cast<int64_t>(b.data.size());
    return substring_of(
        position, length, [&] { return size; },
        [&](int64_t begin, int64_t end) {
            begin = std::min(begin, size);
            end = std::min(end, size);
            return Blob{end > begin ? std::string(b.data.substr(static_cast<size_t>(begin),
                                          static_cast<size_t>(end - begin)))
                                    : ""};
        });
}

// Replaces `length` characters (those of `by` when negative) from `position` on.
std::string overlay(std::string_view s, std::string_view by, int32_t position, int32_t length) {
    int64_t n = length >= 0 ? length : utf8_length(by);
    std::string out(substring(s, 1, position - 1));
    out += by;
    out += substring(s, static_cast<int32_t>(position + n), std::numeric_limits<int32_t>::max());
    return out;
}

std::string replace_all(std::string_view s, std::string_view what, std::string_view by) {
    if (what.empty()) return std::string(s);
    std::string out;
    size_t at = 0;
    for (auto hit = s.find(what); hit != std::string_view::npos; hit = s.find(what, at)) {
        out += s.substr(at, hit - at);
        out += by;
        at = hit + what.size();
    }
    return out + std::string(s.substr(at));
}

std::string translate(std::string_view s, std::string_view from, std::string_view to) {
    auto keys = utf8_characters(from);
    auto values = utf8_characters(to);
    std::string out;
    for (auto c : utf8_characters(s)) {
        auto it = std::find(keys.begin(), keys.end(), c);
        auto i = static_cast<size_t>(it - keys.begin());
        if (it == keys.end()) {
            out += c;
        } else if (i < values.size() && values[i] != std::string_view("\0", 1)) {
            out += values[i];
        }
    }
    return out;
}

std::string_view substring_index(std::string_view s, std::string_view delimiter, int32_t count) {
    if (delimiter.empty() || count == 0) return {};
    if (count > 0) {
        size_t at = 0;
        for (; count > 0; --count) {
            auto hit = s.find(delimiter, at);
            if (hit == std::string_view::npos) return s;
            if (count == 1) return s.substr(0, hit);
            at = hit + 1;
        }
    }
    size_t end = std::string_view::npos;
    for (; count < 0; ++count) {
        auto hit = s.rfind(delimiter, end);
        if (hit == std::string_view::npos) return s;
        if (count == -1) return s.substr(hit + delimiter.size());
        if (hit == 0) return s;
        end = hit - 1;
    }
    return s;
}

std::string split_part(std::string_view s, std::string_view delimiter, int32_t index) {
    if (index == 0) raise(runtime_error("INVALID_INDEX_OF_ZERO"));
    if (delimiter.empty()) return index == 1 || index == -1 ? std::string(s) : "";
    std::vector<std::string_view> parts;
    size_t at = 0;
    for (auto hit = s.find(delimiter); hit != std::string_view::npos; hit = s.find(delimiter, at)) {
        parts.push_back(s.substr(at, hit - at));
        at = hit + delimiter.size();
    }
    parts.push_back(s.substr(at));
    auto n = static_cast<int64_t>(parts.size());
    int64_t i = index > 0 ? index - 1 : n + index;
    return i >= 0 && i < n ? std::string(parts[static_cast<size_t>(i)]) : "";
}

std::string repeated(std::string_view s, int32_t n) {
    std::string out;
    if (n <= 0) return out;
    out.reserve(s.size() * static_cast<size_t>(n));
    for (; n > 0; --n) out += s;
    return out;
}

void add_cases_and_lengths(KernelSet& kernels) {
    kernels.add("spark_upper", [](std::string_view s) { return to_upper_text(s); });
    kernels.add("spark_lower", [](std::string_view s) { return to_lower_text(s); });
    kernels.add("spark_initcap", [](std::string_view s) { return initcap(s); });
    kernels.add("spark_reverse_string", [](std::string_view s) { return reversed(s); });
    kernels.add("spark_length", [](std::string_view s) -> int32_t { return utf8_length(s); });
    kernels.add("spark_length", [](Bytes b) { return static_cast<int32_t>(b.data.size()); });
    kernels.add(
        "spark_octet_length", [](std::string_view s) { return static_cast<int32_t>(s.size()); });
    kernels.add("spark_octet_length", [](Bytes b) { return static_cast<int32_t>(b.data.size()); });
    kernels.add(
        "spark_bit_length", [](std::string_view s) { return static_cast<int32_t>(s.size() * 8); });
    kernels.add(
        "spark_bit_length", [](Bytes b) { return static_cast<int32_t>(b.data.size() * 8); });
    kernels.add("spark_ascii",
        [](std::string_view s) { return static_cast<int32_t>(first_code_point(s)); });
    kernels.add("spark_chr", [](int64_t n) {
        std::string out;
        if (n >= 0) append_utf8(out, static_cast<uint32_t>(n & 0xFF));
        return out;
    });
    kernels.add("spark_space",
        [](int32_t n) { return std::string(static_cast<size_t>(std::max(n, 0)), ' '); });
    kernels.add(
        "spark_quote", [](std::string_view s) { return "'" + replace_all(s, "'", "\\'") + "'"; });
}

void add_parts(KernelSet& kernels) {
    for (bool left : {true, false}) {
        const char* name = left ? "spark_lpad" : "spark_rpad";
        kernels.add(name, [left](std::string_view s, int32_t n, std::string_view pad) {
            return padded(s, n, pad, left);
        });
        kernels.add(
            name, [left](Bytes s, int32_t n, Bytes pad) { return padded_bytes(s, n, pad, left); });
    }
    kernels.add("spark_substring",
        [](std::string_view s, int32_t p, int32_t n) { return substring(s, p, n); });
    kernels.add(
        "spark_substring", [](Bytes b, int32_t p, int32_t n) { return substring_bytes(b, p, n); });
    kernels.add("spark_left", [](std::string_view s, int32_t n) { return substring(s, 1, n); });
    kernels.add("spark_left", [](Bytes b, int32_t n) { return substring_bytes(b, 1, n); });
    kernels.add("spark_right", [](std::string_view s, int32_t n) {
        return n <= 0 ? std::string_view() : substring(s, -n, std::numeric_limits<int32_t>::max());
    });
    kernels.add("spark_overlay", [](std::string_view s, std::string_view by, int32_t p, int32_t n) {
        return overlay(s, by, p, n);
    });
    kernels.add("spark_overlay", [](Bytes s, Bytes by, int32_t p, int32_t n) {
        int64_t length = n >= 0 ? n : static_cast<int64_t>(by.data.size());
        auto head = substring_bytes(s, 1, p - 1).data;
        auto tail = substring_bytes(
            s, static_cast<int32_t>(p + length), std::numeric_limits<int32_t>::max())
                        .data;
        return Blob{head + std::string(by.data) + tail};
    });
    kernels.add("spark_replace", [](std::string_view s, std::string_view what,
                                     std::string_view by) { return replace_all(s, what, by); });
    kernels.add("spark_translate", [](std::string_view s, std::string_view from,
                                       std::string_view to) { return translate(s, from, to); });
    kernels.add(
        "spark_substring_index", [](std::string_view s, std::string_view delimiter, int32_t n) {
            return substring_index(s, delimiter, n);
        });
    kernels.add(
        "spark_split_part",
        [](std::string_view s, std::string_view d, int32_t n) { return split_part(s, d, n); },
        Fallible::kYes);
    kernels.add("spark_repeat", [](std::string_view s, int32_t n) { return repeated(s, n); });
}

void add_joining(KernelSet& kernels) {
    TypedOptions options;
    options.result = duckdb::LogicalType::VARCHAR;
    options.keeps_nulls = true;
    // The separator, then strings and arrays of strings; only a NULL separator gives NULL.
    add_typed_kernel(kernels, "spark_concat_ws", options,
        [](const TypedCall&, std::vector<NestedColumn>& columns, duckdb::idx_t count,
            duckdb::Vector& result) {
            auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
            std::string text;
            for (duckdb::idx_t row = 0; row < count; ++row) {
                if (columns[0].is_null(row)) {
                    duckdb::FlatVector::SetNull(result, row, true);
                    continue;
                }
                text.clear();
                bool first = true;
                auto append = [&](const NestedColumn& c, duckdb::idx_t i) {
                    if (c.is_null(i)) return;
                    if (!first) text += columns[0].text(row);
                    first = false;
                    text += c.text(i);
                };
                for (size_t k = 1; k < columns.size(); ++k) {
                    const auto& c = columns[k];
                    if (!c.type().is(TypeId::kArray)) {
                        append(c, row);
                    } else if (!c.is_null(row)) {
                        auto list = c.entries(row);
                        for (duckdb::idx_t i = 0; i < list.length; ++i)
                            append(c.child(0), list.offset + i);
                    }
                }
                out[row] = duckdb::StringVector::AddStringOrBlob(result, text.data(), text.size());
            }
        });
}

DuckExpr any_is_null(const DuckExprs& args) {
    DuckExprs tests;
    for (const auto& arg : args)
        tests.push_back(
            duck_operator(duckdb::ExpressionType::OPERATOR_IS_NULL, duck_list(arg->Copy())));
    if (tests.size() == 1) return std::move(tests[0]);
    auto any = duckdb::make_uniq<duckdb::ConjunctionExpression>(
        duckdb::ExpressionType::CONJUNCTION_OR);
    any->children = std::move(tests);
    return any;
}

// All arguments one after the other; NULL when one is NULL.
void concat_all(duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    std::vector<duckdb::UnifiedVectorFormat> formats(args.ColumnCount());
    for (size_t i = 0; i < formats.size(); ++i)
        args.data[i].ToUnifiedFormat(args.size(), formats[i]);
    bool constant = args.AllConstant();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
    std::string text;
    for (duckdb::idx_t row = 0; row < (constant ? 1 : args.size()); ++row) {
        text.clear();
        bool is_null = false;
        for (const auto& format : formats) {
            is_null = is_null || detail::is_absent<std::string_view>(format, row);
            if (!is_null) text += detail::load_argument<std::string_view>(format, row);
        }
        if (is_null) {
            duckdb::FlatVector::SetNull(result, row, true);
        } else {
            out[row] = duckdb::StringVector::AddStringOrBlob(result, text.data(), text.size());
        }
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

// || gives NULL when an argument is NULL; it joins strings, blobs and lists. Many strings take a
// kernel: DuckDB's cost grows with the depth of an expression.
DuckExpr lower_concat(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    if (args.size() == 1) return std::move(args[0]);
    if (args.size() > 2 && call.type->is_string())
        return duck_call("spark_concat", std::move(args));
    DuckExpr guard = call.type->is(TypeId::kArray) && call.nullable ? any_is_null(args) : nullptr;
    auto joined = std::move(args[0]);
    for (size_t i = 1; i < args.size(); ++i)
        joined = duck_call("||", duck_list(std::move(joined), std::move(args[i])));
    if (!guard) return joined;
    return duck_case(std::move(guard), duck_constant(duckdb::Value()), std::move(joined));
}

DuckExpr lower_elt(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    auto choice = duckdb::make_uniq<duckdb::CaseExpression>();
    for (size_t i = 1; i < args.size(); ++i) {
        duckdb::CaseCheck check;
        check.when_expr = duck_compare(duckdb::ExpressionType::COMPARE_EQUAL, args[0]->Copy(),
            duck_constant(duckdb::Value::INTEGER(static_cast<int32_t>(i))));
        check.then_expr = std::move(args[i]);
        choice->case_checks.push_back(std::move(check));
    }
    DuckExpr otherwise = duck_constant(duckdb::Value());
    if (call.ansi) {
        auto size = duck_constant(duckdb::Value::INTEGER(static_cast<int32_t>(args.size() - 1)));
        bool is_binary = call.type->is(TypeId::kBinary);
        otherwise = duck_call(
            "spark_elt_out_of_range", duck_list(std::move(args[0]), std::move(size)));
        if (is_binary) otherwise = duck_cast(std::move(otherwise), duckdb::LogicalType::BLOB);
    }
    choice->else_expr = std::move(otherwise);
    return choice;
}

LowerFunction typed(const std::string& kernel) {
    return [kernel](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        std::vector<types::TypePtr> argument_types;
        for (const auto& a : call.args) argument_types.push_back(a->type);
        return typed_call(kernel, argument_types, nullptr, {}, std::move(args));
    };
}

}  // namespace

void lower_strings(FunctionLowerings& l) {
    l.scalar("concat", lower_concat);
    l.scalar("elt", lower_elt);
    l.scalar("concat_ws", typed("spark_concat_ws"));
    l.scalar("format_string", typed("spark_format_string"));
    for (const auto* name : {"contains", "startswith", "endswith"}) {
        std::string kernel = std::string("spark_") + name;
        std::string native = std::string(name) == "startswith" ? "prefix"
                             : std::string(name) == "endswith" ? "suffix"
                                                               : "contains";
        l.scalar(name,
            [kernel, native](const LowerContext&, const resolved::Call& call, DuckExprs args) {
                return duck_call(
                    call.args[0]->type->is(TypeId::kBinary) ? kernel : native, std::move(args));
            });
    }
}

void add_strings(KernelSet& kernels) {
    add_cases_and_lengths(kernels);
    add_trim(kernels, "spark_trim", true, true);
    add_trim(kernels, "spark_ltrim", true, false);
    add_trim(kernels, "spark_rtrim", false, true);
    add_parts(kernels);
    add_joining(kernels);
    duckdb::ScalarFunction concat("spark_concat", {}, duckdb::LogicalType::VARCHAR, concat_all);
    concat.varargs = duckdb::LogicalType::VARCHAR;
    kernels.add(std::move(concat));
    kernels.add(
        "spark_elt_out_of_range",
        [](int32_t index, int32_t size) -> std::optional<std::string> {
            raise(Error(ErrorKind::kArrayIndexOutOfBounds, "INVALID_ARRAY_INDEX",
                {{"indexValue", std::to_string(index)}, {"arraySize", std::to_string(size)},
                    {"ansiConfig", "\"spark.sql.ansi.enabled\""}}));
        },
        Fallible::kYes);
}

}  // namespace hanok::engine
