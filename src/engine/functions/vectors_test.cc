#include "engine/functions/kernel_test_support.h"
#include "types/data_type.h"

namespace hanok::engine {
namespace {

using types::DataType;

std::string call(const std::string& name, const types::TypePtr& second, const std::string& args) {
    auto vector = DataType::array(DataType::float_());
    auto given = DataType::struct_({{"a", vector, true, ""}, {"b", second, true, ""}});
    auto answer = name == "spark_vector_normalize" ? vector : DataType::float_();
    auto result = DataType::struct_({{"r", answer, true, ""}});
    return evaluated(name + "('" + given->json() + "', '" + result->json() + "', " + args + ")");
}

std::string of_two(const std::string& name, const std::string& args) {
    return call("spark_vector_" + name, DataType::array(DataType::float_()), args);
}

TEST(Vectors, AreMultipliedAndCompared) {
    EXPECT_EQ(of_two("inner_product", "[1, 2]::FLOAT[], [3, 4]::FLOAT[]"), "11.0");
    EXPECT_EQ(of_two("cosine_similarity", "[1, 0]::FLOAT[], [0, 2]::FLOAT[]"), "0.0");
    EXPECT_EQ(of_two("cosine_similarity", "[0, 0]::FLOAT[], [0, 2]::FLOAT[]"), "NULL");
    EXPECT_EQ(of_two("l2_distance", "[0, 3]::FLOAT[], [4, 0]::FLOAT[]"), "5.0");
    EXPECT_EQ(of_two("l2_distance", "[0, NULL]::FLOAT[], [4, 0]::FLOAT[]"), "NULL");
    EXPECT_EQ(
        of_two("l2_distance", "[0]::FLOAT[], [4, 0]::FLOAT[]"), "error VECTOR_DIMENSION_MISMATCH");
}

TEST(Vectors, HaveNorms) {
    auto norm = [](const std::string& degree) {
        return call(
            "spark_vector_norm", DataType::float_(), "[3, -4]::FLOAT[], " + degree + "::FLOAT");
    };
    EXPECT_EQ(norm("2"), "5.0");
    EXPECT_EQ(norm("1"), "7.0");
    EXPECT_EQ(norm("'inf'"), "4.0");
    EXPECT_EQ(norm("3"), "error INVALID_VECTOR_NORM_DEGREE");
    EXPECT_EQ(call("spark_vector_normalize", DataType::float_(), "[3, 4]::FLOAT[], 'inf'::FLOAT"),
        "[0.75, 1.0]");
}

}  // namespace
}  // namespace hanok::engine
