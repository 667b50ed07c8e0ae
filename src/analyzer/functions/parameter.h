#pragma once
// One parameter of a signature (see signature.h), parsed.

#include <string>
#include <vector>

#include "resolved/expression.h"

namespace hanok::analyzer {

struct Parameter {
    std::vector<std::string> alternatives;
    bool is_optional = false;
    bool is_repeated = false;
    bool from_zero = false;
    resolved::ExprPtr default_value;  // null: none

    bool is_repeated_from_zero() const { return is_repeated && from_zero; }
    // A single capital letter, perhaps with a digit.
    bool is_variable() const;
};

Parameter parse_parameter(const std::string& text);

// The type that an argument of type `from` takes for this parameter (its own if it fits); null when
// there is none.
types::TypePtr accepted_type(const Parameter& parameter, const types::DataType& from, bool ansi);

// As DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE lists them: ("STRING" or "BINARY").
std::string required_types(const Parameter& parameter);

}  // namespace hanok::analyzer
