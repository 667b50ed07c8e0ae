// base64, character sets, URLs.

#include <cctype>

#include "engine/functions/base64.h"
#include "engine/functions/groups.h"
#include "engine/functions/url.h"
#include "engine/functions/utf8.h"
#include "types/data_type.h"

namespace hanok::engine {

namespace {

enum class Charset { kAscii, kLatin1, kUtf8, kUtf16, kUtf16Be, kUtf16Le, kUtf32 };

Charset charset_named(std::string_view name, const char* function) {
    auto upper = types::to_upper(std::string(name));
    if (upper == "US-ASCII") return Charset::kAscii;
    if (upper == "ISO-8859-1") return Charset::kLatin1;
    if (upper == "UTF-8") return Charset::kUtf8;
    if (upper == "UTF-16") return Charset::kUtf16;
    if (upper == "UTF-16BE") return Charset::kUtf16Be;
    if (upper == "UTF-16LE") return Charset::kUtf16Le;
    if (upper == "UTF-32") return Charset::kUtf32;
    raise(Error(ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.CHARSET",
        {{"functionName", std::string("`") + function + "`"}, {"parameter", "`charset`"},
            {"charset", std::string(name)},
            {"charsets", "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8"}}));
}

[[noreturn]] void raise_malformed(const char* function, std::string_view charset) {
    raise(Error(ErrorKind::kIllegalArgument, "MALFORMED_CHARACTER_CODING",
        {{"function", std::string("`") + function + "`"}, {"charset", std::string(charset)}}));
}

std::string encode_small(std::string_view text, uint32_t limit, std::string_view charset) {
    std::string out;
    for (auto c : utf8_characters(text)) {
        auto code = first_code_point(c);
        if (code >= limit) raise_malformed("encode", charset);
        out += static_cast<char>(code);
    }
    return out;
}

std::string encode_utf16(std::string_view text, bool big, bool mark) {
    std::string out = mark ? "\xFE\xFF" : "";
    for (char16_t unit : to_utf16(text)) {
        char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
        out += big ? high : low;
        out += big ? low : high;
    }
    return out;
}

Blob encode(std::string_view text, std::string_view charset) {
    switch (charset_named(charset, "encode")) {
        case Charset::kAscii: return {encode_small(text, 0x80, charset)};
        case Charset::kLatin1: return {encode_small(text, 0x100, charset)};
        case Charset::kUtf8: return {std::string(text)};
        case Charset::kUtf16: return {encode_utf16(text, true, true)};
        case Charset::kUtf16Be: return {encode_utf16(text, true, false)};
        case Charset::kUtf16Le: return {encode_utf16(text, false, false)};
        case Charset::kUtf32: break;
    }
    std::string out;
    for (auto c : utf8_characters(text)) {
        auto code = first_code_point(c);
        for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(code >> shift & 0xFF);
    }
    return {out};
}

std::string decode_utf16(std::string_view bytes, bool big) {
    std::u16string units;
    for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
        auto a = static_cast<unsigned char>(bytes[i]), b = static_cast<unsigned char>(bytes[i + 1]);
        units += static_cast<char16_t>(big ? a << 8 | b : b << 8 | a);
    }
    return from_utf16(units);
}

std::string decode(std::string_view bytes, std::string_view charset) {
    auto set = charset_named(charset, "decode");
    std::string out;
    switch (set) {
        case Charset::kAscii:
        case Charset::kLatin1:
            for (unsigned char c : bytes) {
                if (set == Charset::kAscii && c >= 0x80) raise_malformed("decode", charset);
                append_utf8(out, c);
            }
            return out;
        case Charset::kUtf8:
            if (!is_valid_utf8(bytes)) raise_malformed("decode", charset);
            return std::string(bytes);
        case Charset::kUtf16:
            if (bytes.substr(0, 2) == "\xFF\xFE") return decode_utf16(bytes.substr(2), false);
            return decode_utf16(bytes.substr(0, 2) == "\xFE\xFF" ? bytes.substr(2) : bytes, true);
        case Charset::kUtf16Be: return decode_utf16(bytes, true);
        case Charset::kUtf16Le: return decode_utf16(bytes, false);
        case Charset::kUtf32: break;
    }
    for (size_t i = 0; i + 3 < bytes.size(); i += 4) {
        uint32_t code = 0;
        for (size_t k = 0; k < 4; ++k) code = code << 8 | static_cast<unsigned char>(bytes[i + k]);
        append_utf8(out, code);
    }
    return out;
}

void add_charsets(KernelSet& kernels) {
    kernels.add("spark_base64", [](Bytes b) { return to_base64(b.data); });
    kernels.add(
        "spark_unbase64",
        [](std::string_view s) {
            auto bytes = from_base64(s);
            if (bytes) return Blob{*bytes};
            raise(Error(ErrorKind::kIllegalArgument, "CONVERSION_INVALID_INPUT",
                {{"str", "'" + std::string(s) + "'"}, {"fmt", "'BASE64'"},
                    {"targetType", "\"BINARY\""}, {"suggestion", "`try_to_binary`"}}));
        },
        Fallible::kYes);
    kernels.add(
        "spark_encode",
        [](std::string_view s, std::string_view charset) { return encode(s, charset); },
        Fallible::kYes);
    kernels.add(
        "spark_decode_bytes",
        [](Bytes b, std::string_view charset) { return decode(b.data, charset); }, Fallible::kYes);
}

std::optional<std::string> unhex_text(std::string_view text) {
    auto digit = [](char c) {
        return c >= '0' && c <= '9'                           ? c - '0'
               : std::isxdigit(static_cast<unsigned char>(c)) ? (c | 32) - 'a' + 10
                                                              : -1;
    };
    std::string padded = text.size() % 2 ? "0" + std::string(text) : std::string(text), out;
    for (size_t i = 0; i < padded.size(); i += 2) {
        if (digit(padded[i]) < 0 || digit(padded[i + 1]) < 0) return std::nullopt;
        out += static_cast<char>(digit(padded[i]) * 16 + digit(padded[i + 1]));
    }
    return out;
}

std::optional<Blob> to_binary(std::string_view s, std::string_view format, bool raises) {
    auto name = types::to_lower(std::string(format));
    std::optional<std::string> bytes;
    if (name == "hex") bytes = unhex_text(s);
    if (name == "utf-8" || name == "utf8") bytes = std::string(s);
    if (name == "base64" && is_strict_base64(s)) bytes = from_base64(s);
    if (bytes) return Blob{*bytes};
    if (!raises) return std::nullopt;
    raise(Error(ErrorKind::kIllegalArgument, "CONVERSION_INVALID_INPUT",
        {{"str", "'" + std::string(s) + "'"}, {"fmt", "'" + types::to_upper(name) + "'"},
            {"targetType", "\"BINARY\""}, {"suggestion", "`try_to_binary`"}}));
}

void add_urls(KernelSet& kernels) {
    kernels.add("spark_url_encode", [](std::string_view s) { return url_encode(s); });
    kernels.add(
        "spark_url_decode",
        [](std::string_view s) {
            if (auto text = url_decode(s)) return *text;
            raise(
                Error(ErrorKind::kIllegalArgument, "CANNOT_DECODE_URL", {{"url", std::string(s)}}));
        },
        Fallible::kYes);
    kernels.add("spark_try_url_decode", [](std::string_view s) { return url_decode(s); });
    for (bool raises : {true, false}) {
        std::string name = raises ? "spark_parse_url" : "spark_try_parse_url";
        auto fallible = raises ? Fallible::kYes : Fallible::kNo;
        auto part = [raises](std::string_view url, std::string_view what,
                        std::string_view key) -> std::optional<std::string> {
            bool valid = true;
            auto found = url_part(url, what, key, &valid);
            if (!valid && raises) {
                raise(Error(ErrorKind::kIllegalArgument, "INVALID_URL",
                    {{"url", std::string(url)}, {"ansiConfig", "\"spark.sql.ansi.enabled\""}}));
            }
            return found;
        };
        kernels.add(
            name,
            [part](std::string_view url, std::string_view what) { return part(url, what, {}); },
            fallible);
        kernels.add(
            name,
            [part](std::string_view url, std::string_view what,
                std::string_view key) -> std::optional<std::string> {
                if (what != "QUERY" || key.empty()) return std::nullopt;
                return part(url, what, key);
            },
            fallible);
    }
}

}  // namespace

void add_encodings(KernelSet& kernels) {
    add_charsets(kernels);
    add_urls(kernels);
    kernels.add(
        "spark_to_binary",
        [](std::string_view s, std::string_view f) { return to_binary(s, f, true); },
        Fallible::kYes);
    kernels.add("spark_try_to_binary",
        [](std::string_view s, std::string_view f) { return to_binary(s, f, false); });
}

}  // namespace hanok::engine
