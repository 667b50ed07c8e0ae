#pragma once
// VARIANT from JSON text and as JSON text.

#include <string>
#include <string_view>

#include "engine/functions/variant/variant_builder.h"

namespace hanok::engine {

// Throws JsonSyntaxError where the text is no JSON. Numbers without an exponent that fit 38 digits
// are exact, others doubles.
void read_variant_json(std::string_view json, VariantBuilder& out);

// Instants are shown in `time_zone`.
void append_variant_json(std::string& out, const VariantView& value, const std::string& time_zone);

}  // namespace hanok::engine
