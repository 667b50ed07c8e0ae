// ALTER TABLE … REPLACE COLUMNS: new columns, comments and order; no column is lost by accident.

#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "commands/alter_delta.h"
#include "commands/column_values.h"
#include "delta/schema_evolution.h"

namespace hanok::commands {

namespace {

using types::DataType;
using types::StructField;

class Replacer {
public:
    Replacer(
        const types::TypePtr& old_schema, types::TypePtr new_schema, const ColumnChangeRules& rules)
        : old_schema_(old_schema), new_schema_(std::move(new_schema)), rules_(rules) {}

    types::TypePtr run() const {
        auto out = merge(old_schema_, new_schema_, "");
        for (const auto& name : rules_.partition_columns) {
            if (out->field_index(name) < 0) fail("dropping partition column " + name);
        }
        return out;
    }

private:
    [[noreturn]] void fail(const std::string& details) const {
        throw analysis_error("DELTA_UNSUPPORTED_ALTER_TABLE_REPLACE_COL_OP",
            {{"details", details}, {"oldSchema", old_schema_->ddl()},
                {"newSchema", new_schema_->ddl()}});
    }

    // The new fields with the names, ids and rules of the old ones they stand for.
    types::TypePtr merge(
        const types::TypePtr& from, const types::TypePtr& to, const std::string& path) const {
        if (!from->is(types::TypeId::kStruct) || !to->is(types::TypeId::kStruct)) {
            if (from->same_type(*to)) return from;
            bool widens = rules_.widens_types && delta::is_widening(*from, *to);
            if (!widens)
                fail("changing data type of " + path + " from " + from->sql() + " to " + to->sql());
            return to;
        }
        std::set<std::string> kept;
        bool adds = false;
        types::Fields fields;
        for (const auto& field : to->fields()) {
            std::string below = path.empty() ? field.name : path + "." + field.name;
            int i = from->field_index(field.name);
            if (i < 0) {
                if (!field.nullable) fail("adding non-nullable column " + below);
                adds = true;
                fields.push_back(field);
                continue;
            }
            const auto& known = from->fields()[static_cast<size_t>(i)];
            kept.insert(known.name);
            fields.push_back(same_column(known, field, below));
        }
        std::string lost;
        for (const auto& field : from->fields()) {
            if (!kept.contains(field.name)) lost += (lost.empty() ? "" : ", ") + field.name;
        }
        if (!lost.empty() && !rules_.maps_columns)
            fail("dropping column(s) [" + lost + "]" + (path.empty() ? "" : " from " + path));
        if (!lost.empty() && adds) fail("ambiguous: dropping and adding columns at once");
        return DataType::struct_(std::move(fields));
    }

    StructField same_column(
        const StructField& known, const StructField& wanted, const std::string& path) const {
        if (!wanted.nullable && known.nullable) fail("tightening nullability of " + path);
        StructField out = known;
        if (rules_.maps_columns) out.name = wanted.name;
        out.nullable = wanted.nullable;
        out.type = merge(known.type, wanted.type, path);
        auto json = out.metadata.empty() ? nlohmann::ordered_json::object()
                                         : nlohmann::ordered_json::parse(out.metadata);
        json.erase("comment");
        if (auto comment = wanted.comment()) json["comment"] = *comment;
        if (!out.type->is(types::TypeId::kStruct) && !out.type->same_type(*known.type)) {
            json["delta.typeChanges"].push_back(
                {{"fromType", nlohmann::json::parse(known.type->json())},
                    {"toType", nlohmann::json::parse(out.type->json())}});
        }
        out.metadata = json.empty() ? "" : json.dump();
        return out;
    }

    types::TypePtr old_schema_;
    types::TypePtr new_schema_;
    const ColumnChangeRules& rules_;
};

}  // namespace

types::TypePtr replaced_columns(
    const types::TypePtr& schema, const plan::AlterAction& action, const ColumnChangeRules& rules) {
    types::Fields fields;
    for (const auto& column : action.columns) {
        const auto& d = column.definition;
        fields.push_back(
            {column.path.back(), d.type, d.nullable, field_metadata_of(d, false, "ALTER TABLE")});
    }
    auto wanted = DataType::struct_(std::move(fields));
    if (!rules.is_delta) return wanted;
    return Replacer(schema, wanted, rules).run();
}

}  // namespace hanok::commands
