#pragma once
// The numbers by which PySpark tells kinds of functions (pyspark.util.PythonEvalType).

namespace hanok::resolved::eval_type {

inline constexpr int kBatched = 100;
inline constexpr int kArrowBatched = 101;
inline constexpr int kScalarPandas = 200;
inline constexpr int kGroupedMapPandas = 201;
inline constexpr int kGroupedAggPandas = 202;
inline constexpr int kWindowAggPandas = 203;
inline constexpr int kScalarPandasIter = 204;
inline constexpr int kMapPandasIter = 205;
inline constexpr int kCogroupedMapPandas = 206;
inline constexpr int kMapArrowIter = 207;
inline constexpr int kGroupedMapArrow = 209;
inline constexpr int kCogroupedMapArrow = 210;
inline constexpr int kGroupedMapArrowIter = 215;
inline constexpr int kGroupedMapPandasIter = 216;
inline constexpr int kGroupedAggPandasIter = 217;
inline constexpr int kScalarArrow = 250;
inline constexpr int kScalarArrowIter = 251;
inline constexpr int kGroupedAggArrow = 252;
inline constexpr int kWindowAggArrow = 253;
inline constexpr int kGroupedAggArrowIter = 254;
inline constexpr int kTable = 300;
inline constexpr int kArrowTable = 301;
inline constexpr int kArrowNativeTable = 302;
// Ours: asks for what the function's `analyze` method says (python_analysis.h).
inline constexpr int kAnalyzeTable = -300;
// Ours: the class of a data source.
inline constexpr int kDataSource = -400;
// Ours: a command of the shell over one column, the lines of its input.
inline constexpr int kScript = -401;

// A value from the values of a row.
inline bool is_scalar(int type) {
    return type == kBatched || type == kArrowBatched || type == kScalarPandas ||
           type == kScalarPandasIter || type == kScalarArrow || type == kScalarArrowIter;
}
// A value from the rows of a group.
inline bool is_aggregate(int type) {
    return type == kGroupedAggPandas || type == kGroupedAggPandasIter || type == kGroupedAggArrow ||
           type == kGroupedAggArrowIter;
}
// Sees its input as a sequence of batches; one function a task.
inline bool is_iterator(int type) {
    return type == kScalarPandasIter || type == kScalarArrowIter || type == kGroupedAggPandasIter ||
           type == kGroupedAggArrowIter;
}

}  // namespace hanok::resolved::eval_type
