#include "engine/arrow_result/plain_column.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hanok::engine {
namespace {

using duckdb::LogicalType;
using duckdb::Value;
using duckdb::Vector;

class PlainColumnTest : public testing::Test {
protected:
    static void append(PlainColumn& column, const LogicalType& type,
        const std::vector<Value>& values, duckdb::idx_t from, duckdb::idx_t to) {
        Vector vector(type);
        for (size_t i = 0; i < values.size(); ++i) vector.SetValue(i, values[i]);
        column.append(vector, from, to, values.size());
    }
    static void append(
        PlainColumn& column, const LogicalType& type, const std::vector<Value>& values) {
        append(column, type, values, 0, values.size());
    }
    static std::shared_ptr<arrow::Array> finished(
        PlainColumn& column, const std::shared_ptr<arrow::DataType>& type) {
        auto array = arrow::MakeArray(column.finish(type));
        EXPECT_TRUE(array->ValidateFull().ok()) << array->ValidateFull();
        return array;
    }
    static std::string shown(PlainColumn& column, const std::shared_ptr<arrow::DataType>& type) {
        std::string text;
        auto array = finished(column, type);
        for (int64_t i = 0; i < array->length(); ++i)
            text += (i ? "," : "") + array->GetScalar(i).ValueOrDie()->ToString();
        return text;
    }
    const Value null_ = Value();
};

TEST_F(PlainColumnTest, nulls_may_begin_and_end_between_chunks) {
    PlainColumn column(LogicalType::INTEGER);
    append(column, LogicalType::INTEGER, {Value(1), Value(2)});
    append(column, LogicalType::INTEGER, {null_, Value(3)});
    append(column, LogicalType::INTEGER, {Value(4)});
    auto array = finished(column, arrow::int32());
    EXPECT_EQ(array->null_count(), 1);
    EXPECT_EQ(array->ToString(), "[\n  1,\n  2,\n  null,\n  3,\n  4\n]");
    // A NULL shows nothing of what lay in memory.
    EXPECT_EQ(array->data()->GetValues<int32_t>(1)[2], 0);
    append(column, LogicalType::INTEGER, {Value(5)});
    EXPECT_EQ(shown(column, arrow::int32()), "5");
}

TEST_F(PlainColumnTest, part_of_a_chunk) {
    PlainColumn column(LogicalType::VARCHAR);
    std::vector<Value> values = {Value("a"), null_, Value("longer than twelve bytes"), Value("d")};
    append(column, LogicalType::VARCHAR, values, 1, 3);
    append(column, LogicalType::VARCHAR, values, 3, 3);
    append(column, LogicalType::VARCHAR, values, 0, 1);
    EXPECT_EQ(column.size_bytes(), 4 * 4 + 25);
    EXPECT_EQ(shown(column, arrow::utf8()), "null,longer than twelve bytes,a");
    EXPECT_EQ(column.size_bytes(), 0);
}

TEST_F(PlainColumnTest, texts_of_every_small_length) {
    PlainColumn column(LogicalType::VARCHAR);
    std::string expected;
    for (size_t length = 0; length < 20; ++length) {
        append(column, LogicalType::VARCHAR, {Value(std::string(length, 'x'))});
        expected += (length ? "," : "") + std::string(length, 'x');
    }
    EXPECT_EQ(shown(column, arrow::utf8()), expected);
}

TEST_F(PlainColumnTest, no_rows) {
    for (const auto& type : {LogicalType::VARCHAR, LogicalType::BIGINT}) {
        PlainColumn column(type);
        auto arrow_type = type == LogicalType::VARCHAR ? arrow::utf8() : arrow::int64();
        EXPECT_EQ(finished(column, arrow_type)->length(), 0);
    }
}

TEST_F(PlainColumnTest, decimals_of_every_width) {
    for (int precision : {4, 9, 18, 38}) {
        auto type = LogicalType::DECIMAL(static_cast<uint8_t>(precision), 1);
        PlainColumn column(type);
        append(column, type,
            {Value("-12.5").DefaultCastAs(type), null_, Value("7").DefaultCastAs(type)});
        EXPECT_EQ(shown(column, arrow::decimal128(precision, 1)), "-12.5,null,7.0") << precision;
    }
}

TEST_F(PlainColumnTest, constants_sequences_and_dictionaries) {
    PlainColumn column(LogicalType::BIGINT);
    Vector constant(Value::BIGINT(7));
    column.append(constant, 0, 2, 2);
    Vector sequence(LogicalType::BIGINT);
    sequence.Sequence(10, 5, 3);
    column.append(sequence, 1, 3, 3);
    duckdb::SelectionVector picked(2);
    picked.set_index(0, 2);
    picked.set_index(1, 0);
    Vector values(LogicalType::BIGINT);
    for (int i = 0; i < 3; ++i)
        values.SetValue(static_cast<duckdb::idx_t>(i), Value::BIGINT(100 + i));
    Vector dictionary(values, picked, 2);
    column.append(dictionary, 0, 2, 2);
    EXPECT_EQ(shown(column, arrow::int64()), "7,7,15,20,102,100");
}

}  // namespace
}  // namespace hanok::engine
