#include "python/pickle.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace hanok::python {

namespace {

using types::DataType;
using types::Value;

Value read(const std::string& bytes, const types::TypePtr& type) {
    return value_of(*unpickle(bytes), *type);
}

TEST(Pickle, ReadsWhatPythonWrites) {
    // pickle.dumps([1, 300, -5, 2**40], protocol=5)
    std::string bytes(
        "\x80\x05\x95\x15\x00\x00\x00\x00\x00\x00\x00]\x94(K\x01M,\x01J\xfb\xff\xff\xff\x8a\x06"
        "\x00\x00\x00\x00\x00\x01"
        "e.",
        34);
    auto value = read(bytes, DataType::array(DataType::long_()));
    Value::List expected{types::int_value(1), types::int_value(300), types::int_value(-5),
        types::int_value(int64_t{1} << 40)};
    EXPECT_EQ(value.as_list(), expected);
}

TEST(Pickle, ReadsDecimals) {
    // pickle.dumps(decimal.Decimal("1.25"), protocol=4)
    std::string bytes(
        "\x80\x04\x95\x22\x00\x00\x00\x00\x00\x00\x00\x8c\x07"
        "decimal\x94\x8c\x07"
        "Decimal\x94\x93\x94\x8c\x04"
        "1.25\x94\x85\x94R\x94.",
        45);
    EXPECT_EQ(
        types::decimal_to_string(read(bytes, DataType::decimal(10, 1)).as_decimal(), 1), "1.3");
    EXPECT_TRUE(read(bytes, DataType::decimal(2, 2)).is_null());
}

TEST(Pickle, ValueOfAnotherTypeIsNull) {
    std::string text(
        "\x80\x04\x8c\x03"
        "abc.",
        8);
    EXPECT_TRUE(read(text, DataType::integer()).is_null());
    EXPECT_EQ(read(text, DataType::string()).as_string(), "abc");
    EXPECT_TRUE(read(std::string("\x80\x04K\x01.", 5), DataType::double_()).is_null());
    EXPECT_EQ(read(std::string("\x80\x04\x88.", 4), DataType::string()).as_string(), "true");
}

TEST(Pickle, BigIntegersAreNumbersOfTheirOwn) {
    // 2**70
    std::string bytes("\x80\x04\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x40.", 14);
    EXPECT_TRUE(read(bytes, DataType::long_()).is_null());
    EXPECT_EQ(read(bytes, DataType::string()).as_string(), "1180591620717411303424");
}

TEST(Pickle, RefusesBrokenBytes) {
    for (const char* bytes : {"", "(", "]e.", "K", "\x85.", "h\x07."})
        EXPECT_THROW(unpickle(bytes), Error) << bytes;
    EXPECT_THROW(read("cos\nsystem\n.", DataType::string()), Error);
}

TEST(Pickle, WritesRowsThatItReads) {
    types::Fields fields{{"a", DataType::long_(), true, ""}, {"b", DataType::string(), true, ""},
        {"c", DataType::double_(), true, ""},
        {"d", DataType::array(DataType::integer()), true, ""}};
    auto type = DataType::struct_(fields);
    RowPickler pickler(type);
    Value::List row{types::int_value(int64_t{1} << 50), types::string_value("한옥"),
        types::double_value(-0.5), types::list_value({types::int_value(7), Value()})};
    pickler.add(row);
    pickler.add(Value::List(4));
    auto rows = read(pickler.finish(), DataType::array(type));
    EXPECT_EQ(rows.as_list().at(0).as_list(), row);
    EXPECT_TRUE(rows.as_list().at(1).as_list().at(1).is_null());
    EXPECT_EQ(pickler.rows(), 0U);
}

}  // namespace

}  // namespace hanok::python
