#include "engine/functions/java_format.h"
#include "engine/functions/json_path.h"
#include "engine/functions/kernel_test_support.h"
#include "engine/functions/number_format.h"
#include "engine/functions/url.h"
#include "engine/functions/utf8.h"

namespace hanok::engine {
namespace {

TEST(Strings, CountCodePoints) {
    check({
        {"spark_length('한옥a')", "3"},
        {"spark_substring('한옥집', 2::INTEGER, 1::INTEGER)", "옥"},
        {"spark_substring('Spark SQL', (-3)::INTEGER, 2147483647::INTEGER)", "SQL"},
        {"spark_substring('abc', 0::INTEGER, 2::INTEGER)", "ab"},
        {"spark_substring('abc', (-5)::INTEGER, 3::INTEGER)", "a"},
        {"spark_upper('straße')", "STRASSE"},
        {"spark_initcap('sPark sql')", "Spark Sql"},
        {"spark_lpad('hi', 5::INTEGER, 'ab')", "abahi"},
        {"spark_rpad('hello', 3::INTEGER, '?')", "hel"},
        {"spark_trim('SSparkSQLS', 'SL')", "parkSQ"},
        {"spark_translate('AaBbCc', 'abc', '12')", "A1B2C"},
        {"spark_overlay('Spark SQL', 'CORE', 7::INTEGER, (-1)::INTEGER)", "Spark CORE"},
        {"spark_substring_index('www.apache.org', '.', (-2)::INTEGER)", "apache.org"},
        {"spark_split_part('11.12.13', '.', (-1)::INTEGER)", "13"},
        {"spark_split_part('a', '.', 0::INTEGER)", "error INVALID_INDEX_OF_ZERO"},
    });
}

TEST(Strings, SearchAndDistance) {
    check({
        {"spark_locate('bar', 'foobarbar', 5::INTEGER)", "7"},
        {"spark_locate('', 'abc', 1::INTEGER)", "1"},
        {"spark_find_in_set('ab', 'abc,b,ab,c,def')", "3"},
        {"spark_levenshtein('kitten', 'sitting')", "3"},
        {"spark_levenshtein('kitten', 'sitting', 2::INTEGER)", "-1"},
        {"spark_soundex('Miller')", "M460"},
        {"spark_luhn_check('79927398714')", "false"},
        {"spark_mask('AbCD123-@$#', 'Q', 'q', 'n', NULL)", "QqQQnnn-@$#"},
        {"spark_validate_utf8('ok')", "ok"},
    });
}

TEST(RegularExpressions, JavaSyntax) {
    check({
        {"spark_rlike('%SystemDrive%\\Users\\John', '%SystemDrive%\\\\Users.*')", "true"},
        {"spark_rlike('a', '(')", "error INVALID_PARAMETER_VALUE.PATTERN"},
        {"spark_regexp_replace('100-200', '(\\d+)', 'num', 1::INTEGER)", "num-num"},
        {"spark_regexp_replace('ab', '(a)(b)', '$2$2\\$', 1::INTEGER)", "bb$"},
        {"spark_regexp_extract('100-200', '(\\d+)-(\\d+)', 3::INTEGER)",
            "error INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX"},
        {"spark_regexp_extract('x', '(\\d+)', 1::INTEGER)", ""},
        {"spark_regexp_count('abcdef', '[a-f&&[^bc]]')", "4"},
        {"spark_regexp_count('aB1', '\\p{Lower}')", "1"},
        {"spark_regexp_substr('abc', 'z')", "NULL"},
        {"spark_regexp_count('aAbB', '(?iu)[a]')", "2"},
        {"spark_regexp_count('가1a', '(?U)\\w')", "3"},
        {"spark_regexp_count('가1a', '\\w')", "2"},
        {"spark_regexp_count('A😀', '\\0101|\\uD83D\\uDE00')", "2"},
        {"spark_regexp_count('aab{', 'a{2}b\\{')", "1"},
        {"spark_regexp_count('{', '[{]')", "1"},
        {"spark_regexp_instr('가나다', '다', 0::INTEGER)", "3"},
        {"spark_split('oneAtwoBthreeC', '[ABC]', (-1)::INTEGER)", "[one, two, three, '']"},
        {"spark_split('abc', '', (-1)::INTEGER)", "[a, b, c]"},
        {"spark_split('aXbXc', 'X', 2::INTEGER)", "[a, bXc]"},
    });
}

TEST(RegularExpressions, PerlAloneIsRefused) {
    for (const char* pattern : {"{a", "a{b", "a{,3}", "(?P<n>a)", "(?<n_1>a)", "(?R)", "(?#c)a",
             "(*ACCEPT)a", "\\Ka", "\\y", "[\\b]", "\\u12G4", "\\08", "(?j)a"}) {
        EXPECT_EQ(evaluated("spark_rlike('a', '" + std::string(pattern) + "')"),
            "error INVALID_PARAMETER_VALUE.PATTERN")
            << pattern;
    }
}

TEST(JavaFormat, Conversions) {
    EXPECT_EQ(
        java_format("%d %s %5.2f|%-4s|%04x", {IntegerArgument{100, 4}, std::string("days"), 3.14159,
                                                 std::string("a"), IntegerArgument{255, 4}}),
        "100 days  3.14|a   |00ff");
    EXPECT_EQ(java_format("%2$s %1$s %%%n", {std::string("a"), std::string("b")}), "b a %\n");
    EXPECT_EQ(java_format(
                  "%,d %b %s", {IntegerArgument{-1234567, 8}, std::monostate(), std::monostate()}),
        "-1,234,567 false null");
    EXPECT_EQ(grouped_number(12332.123456, 4), "12,332.1235");
    EXPECT_EQ(grouped_number(2.5, 0), "2");
    EXPECT_EQ(grouped_number(DecimalArgument{-125, 2}, 1), "-1.2");
    EXPECT_EQ(pattern_number(12332.123456, "##################.###"), "12332.123");
    EXPECT_EQ(pattern_number(1234.5, "#,##0.00"), "1,234.50");
}

TEST(NumberFormats, ParseAndPrint) {
    EXPECT_EQ(NumberFormat::get("99,999").parse("12,454"), Int128(12454));
    EXPECT_EQ(NumberFormat::get("000.00").parse("454.00"), Int128(45400));
    EXPECT_EQ(NumberFormat::get("$99.99").parse("$78.12"), Int128(7812));
    EXPECT_EQ(NumberFormat::get("S9").parse("-5"), Int128(-5));
    EXPECT_FALSE(NumberFormat::get("999").parse("12a").has_value());
    EXPECT_EQ(NumberFormat::get("99G999").print(12454, 0), "12,454");
    EXPECT_EQ(NumberFormat::get("000D00").print(45400, 2), "454.00");
    EXPECT_EQ(NumberFormat::get("99G999D9S").print(-124548, 1), "12,454.8-");
    EXPECT_EQ(NumberFormat::get("9").print(12, 0), "#");
}

TEST(JsonPaths, WildcardsAndIndexes) {
    EXPECT_EQ(json_at_path(R"({"a":"b"})", "$.a"), "b");
    EXPECT_EQ(json_at_path(R"([{"a":"b"},{"a":"c"}])", "$[*].a"), R"(["b","c"])");
    EXPECT_EQ(json_at_path(R"([{"a":"b"}])", "$[*].a"), R"("b")");
    EXPECT_EQ(json_at_path(R"({"a":{"b":[1, 2]}})", "$['a'].b[1]"), "2");
    EXPECT_EQ(json_at_path(R"({"a":{"b":[1, 2]}})", "$.a"), R"({"b":[1,2]})");
    EXPECT_EQ(json_at_path(R"({"a":null})", "$.a"), std::nullopt);
    EXPECT_EQ(json_at_path("{", "$.a"), std::nullopt);
    EXPECT_EQ(json_at_path("{}", "a"), std::nullopt);
}

TEST(Urls, Parts) {
    bool valid = true;
    EXPECT_EQ(url_part("http://u:p@spark.apache.org:80/path?query=1#f", "HOST", "", &valid),
        "spark.apache.org");
    EXPECT_EQ(url_part("http://spark.apache.org/path?query=1", "QUERY", "query", &valid), "1");
    EXPECT_EQ(
        url_part("http://spark.apache.org/path?query=1", "FILE", "", &valid), "/path?query=1");
    url_part("inva lid://x", "HOST", "", &valid);
    EXPECT_FALSE(valid);
    EXPECT_EQ(url_encode("a b/한"), "a+b%2F%ED%95%9C");
    EXPECT_FALSE(url_decode("%zz").has_value());
}

TEST(Hashes, KnownValues) {
    check({
        {"spark_md5('Spark'::BLOB)", "8cde774d6f7333752ed72cacddb05126"},
        {"spark_sha2('Spark'::BLOB, 256::INTEGER)",
            "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b"},
        {"spark_sha2('Spark'::BLOB, 1::INTEGER)", "NULL"},
        {"spark_crc32('Spark'::BLOB)", "1557323817"},
        {"spark_base64('Spark SQL'::BLOB)", "U3BhcmsgU1FM"},
    });
}

}  // namespace
}  // namespace hanok::engine
