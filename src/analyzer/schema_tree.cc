// The tree of df.printSchema().

#include "analyzer/analyzer.h"

namespace hanok::analyzer {

using types::DataType;
using types::TypeId;

namespace {

std::string type_label(const DataType& type) {
    return type.is_nested() ? type.type_name() : type.type_name();
}

const char* truth(bool value) { return value ? "true" : "false"; }

void describe(const DataType& type, const std::string& prefix, int depth, std::string& out);

void line(const std::string& prefix, const std::string& name, const DataType& type,
    const std::string& rest, int depth, std::string& out) {
    out += prefix + "-- " + name + ": " + type_label(type) + rest + "\n";
    describe(type, prefix + "    |", depth - 1, out);
}

void describe(const DataType& type, const std::string& prefix, int depth, std::string& out) {
    if (depth <= 0) return;
    if (type.is(TypeId::kStruct)) {
        for (const auto& f : type.fields()) {
            line(prefix, f.name, *f.type, std::string(" (nullable = ") + truth(f.nullable) + ")",
                depth, out);
        }
    } else if (type.is(TypeId::kArray)) {
        line(prefix, "element", *type.element(),
            std::string(" (containsNull = ") + truth(type.contains_null()) + ")", depth, out);
    } else if (type.is(TypeId::kMap)) {
        line(prefix, "key", *type.key(), "", depth, out);
        line(prefix, "value", *type.value(),
            std::string(" (valueContainsNull = ") + truth(type.value_contains_null()) + ")", depth,
            out);
    }
}

}  // namespace

std::string schema_tree(const DataType& schema, int level) {
    constexpr int kAll = 1 << 20;
    std::string out = "root\n";
    describe(schema, " |", level > 0 ? level : kAll, out);
    return out;
}

}  // namespace hanok::analyzer
