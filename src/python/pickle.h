#pragma once
// Rows as Python's pickles, for functions that take and give one row at a time.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "types/data_type.h"
#include "types/value.h"

namespace hanok::python {

// A batch of rows as a list of tuples or, where a type is another one in Python than inside Spark
// (dates, structs, …), of what pyspark.sql.types makes of them.
class RowPickler {
public:
    // `row_type`: a struct of the columns.
    explicit RowPickler(types::TypePtr row_type);

    void add(const types::Value::List& row);
    size_t rows() const { return rows_; }
    // The batch; the next one starts.
    std::string finish();

private:
    void start();

    types::TypePtr row_type_;
    bool converts_ = false;
    std::string bytes_;
    size_t rows_ = 0;
};

struct PyObject;
using PyPtr = std::shared_ptr<PyObject>;

// What a pickle holds.
struct PyObject {
    struct List {
        std::vector<PyPtr> items;
    };
    struct Tuple {
        std::vector<PyPtr> items;
    };
    struct Dict {
        std::vector<std::pair<PyPtr, PyPtr>> items;
    };
    struct Bytes {
        std::string bytes;
    };
    struct Number {
        std::string digits;  // decimal.Decimal, and integers beyond 64 bits
        bool is_decimal = false;
    };
    struct Global {
        std::string name;  // "module.name": a class or function, or an object made by it
        bool is_instance = false;
    };
    std::variant<std::monostate, bool, int64_t, double, std::string, Bytes, Number, List, Tuple,
        Dict, Global>
        v;
};

// Throws Error HANOK_PYTHON_RESULT for what is no pickle of plain values.
PyPtr unpickle(std::string_view bytes);

// The object as a value of the type; NULL where Spark has NULL because it is of another type.
// Throws Error HANOK_PYTHON_RESULT for instances of classes that have no value.
types::Value value_of(const PyObject& object, const types::DataType& type);

}  // namespace hanok::python
