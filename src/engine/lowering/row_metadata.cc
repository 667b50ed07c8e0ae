#include "engine/lowering/row_metadata.h"

#include <map>
#include <set>

#include "engine/io/data_scan.h"
#include "resolved/tree.h"

namespace hanok::engine {

namespace {

using resolved::ExprPtr;
using types::DataType;

// Fields of _metadata that differ from row to row, or that files alone do not tell.
const std::set<std::string>& computed_fields() {
    static const std::set<std::string> names{
        "row_index", "base_row_id", "default_row_commit_version", "row_id", "row_commit_version"};
    return names;
}

bool is_metadata(const resolved::Scan& scan, size_t i) {
    return scan.columns[i] == kMetadataColumn && scan.source->schema->field_index("_metadata") < 0;
}

bool is_computed(const resolved::Scan& scan, size_t i) {
    const auto& name = scan.columns[i];
    if (name == kRowIdColumn || name == kRowCommitVersionColumn) return true;
    if (!is_metadata(scan, i)) return false;
    for (const auto& field : scan.output[i].type->fields()) {
        if (computed_fields().contains(field.name)) return true;
    }
    return false;
}

ExprPtr call(std::string function, resolved::Exprs args, const types::TypePtr& type) {
    return std::make_shared<resolved::Call>(std::move(function), std::move(args), type, true);
}

class Expansion {
public:
    Expansion(const resolved::Scan& scan, int64_t* next_id) : scan_(scan), next_id_(next_id) {
        inner_ = std::make_shared<resolved::Scan>();
        inner_->source = scan.source;
    }

    resolved::PlanPtr run() {
        auto project = std::make_shared<resolved::Project>();
        project->output = scan_.output;
        for (size_t i = 0; i < scan_.columns.size(); ++i)
            project->columns.push_back({scan_.output[i], value(i)});
        project->child = inner_;
        return project;
    }

private:
    ExprPtr value(size_t i) {
        if (!is_computed(scan_, i)) {
            inner_->columns.push_back(scan_.columns[i]);
            inner_->output.push_back(scan_.output[i]);
            return resolved::ref(scan_.output[i]);
        }
        if (scan_.columns[i] == kRowIdColumn) return row_id();
        if (scan_.columns[i] == kRowCommitVersionColumn) return row_commit_version();
        return metadata(scan_.output[i].type);
    }

    // A column that only the inner scan has.
    ExprPtr hidden(const char* name, const types::TypePtr& type, bool nullable) {
        auto known = hidden_.find(name);
        if (known != hidden_.end()) return known->second;
        resolved::Attribute attribute{
            resolved::AttributeId{--*next_id_}, name, type, nullable, {}, ""};
        inner_->columns.emplace_back(name);
        inner_->output.push_back(attribute);
        return hidden_[name] = resolved::ref(attribute);
    }
    ExprPtr hidden_long(const char* name, bool nullable = true) {
        return hidden(name, DataType::long_(), nullable);
    }

    ExprPtr row_id() {
        auto fresh = call("+", {hidden_long(kBaseRowIdColumn), hidden_long(kRowIndexColumn, false)},
            DataType::long_());
        return call("coalesce", {hidden_long(kKeptRowIdColumn), fresh}, DataType::long_());
    }
    ExprPtr row_commit_version() {
        return call("coalesce",
            {hidden_long(kKeptRowCommitVersionColumn), hidden_long(kDefaultRowCommitVersionColumn)},
            DataType::long_());
    }

    ExprPtr field(const types::StructField& field, const ExprPtr& of_file, int place) {
        if (field.name == "row_index") return hidden_long(kRowIndexColumn, false);
        if (field.name == "base_row_id") return hidden_long(kBaseRowIdColumn);
        if (field.name == "default_row_commit_version")
            return hidden_long(kDefaultRowCommitVersionColumn);
        if (field.name == "row_id") return row_id();
        if (field.name == "row_commit_version") return row_commit_version();
        auto index = std::make_shared<resolved::Literal>(
            DataType::integer(), types::int_value(place));
        return std::make_shared<resolved::Call>(
            "get_struct_field", resolved::Exprs{of_file, index}, field.type, field.nullable);
    }

    ExprPtr metadata(const types::TypePtr& type) {
        types::Fields of_file;
        for (const auto& one : type->fields()) {
            if (!computed_fields().contains(one.name)) of_file.push_back(one);
        }
        auto constants = hidden(kMetadataColumn, DataType::struct_(std::move(of_file)), false);
        resolved::Exprs parts;
        int place = 0;
        for (const auto& one : type->fields()) {
            parts.push_back(std::make_shared<resolved::Literal>(
                DataType::string(), types::string_value(one.name)));
            parts.push_back(field(one, constants, place));
            if (!computed_fields().contains(one.name)) ++place;
        }
        return std::make_shared<resolved::Call>("named_struct", std::move(parts), type, false);
    }

    const resolved::Scan& scan_;
    int64_t* next_id_;
    std::shared_ptr<resolved::Scan> inner_;
    std::map<std::string, ExprPtr> hidden_;
};

}  // namespace

resolved::PlanPtr with_row_metadata(const resolved::Scan& scan, int64_t* next_id) {
    for (size_t i = 0; i < scan.columns.size(); ++i) {
        if (is_computed(scan, i)) return Expansion(scan, next_id).run();
    }
    return nullptr;
}

}  // namespace hanok::engine
