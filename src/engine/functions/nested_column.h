#pragma once
// Reading columns of any Spark type row by row: texts, JSON, hashes.

#include <duckdb.hpp>
#include <string_view>
#include <vector>

#include "engine/functions/decimal_math.h"
#include "types/data_type.h"

namespace hanok::engine {

// A view of a vector that it flattens, nested parts too. Valid as long as the vector.
class NestedColumn {
public:
    NestedColumn(duckdb::Vector& vector, duckdb::idx_t count, const types::TypePtr& type);

    const types::DataType& type() const { return *type_; }
    bool is_null(duckdb::idx_t row) const { return !validity_->RowIsValid(row); }

    bool boolean(duckdb::idx_t row) const { return data<bool>()[row]; }
    // Any integral type, dates (days), timestamps and times (micros), ANSI intervals.
    int64_t integer(duckdb::idx_t row) const;
    double real(duckdb::idx_t row) const;  // DOUBLE
    float single(duckdb::idx_t row) const { return data<float>()[row]; }
    Int128 decimal(duckdb::idx_t row) const;
    std::string_view text(duckdb::idx_t row) const;  // strings, binary
    duckdb::interval_t interval(duckdb::idx_t row) const { return data<duckdb::interval_t>()[row]; }

    // Arrays and maps: where this row's entries lie in child(0) (and, for values of maps,
    // child(1)).
    duckdb::list_entry_t entries(duckdb::idx_t row) const {
        return data<duckdb::list_entry_t>()[row];
    }
    // Array: 0 elements. Map: 0 keys, 1 values. Struct: its fields, which have the struct's own
    // rows.
    const NestedColumn& child(size_t i) const { return children_[i]; }
    size_t child_count() const { return children_.size(); }

private:
    template <class T>
    const T* data() const {
        return reinterpret_cast<const T*>(data_);
    }

    types::TypePtr type_;
    duckdb::PhysicalType physical_ = duckdb::PhysicalType::INVALID;
    const uint8_t* data_ = nullptr;
    duckdb::ValidityMask* validity_ = nullptr;
    std::vector<NestedColumn> children_;
};

// Appends the text that CAST(… AS STRING) gives; NULL is "null" inside nested values (and here).
void append_text(
    std::string& out, const NestedColumn& column, duckdb::idx_t row, std::string_view time_zone);

}  // namespace hanok::engine
