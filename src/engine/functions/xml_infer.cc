#include "engine/functions/xml_infer.h"

#include <map>

#include "engine/functions/xml_document.h"
#include "types/value.h"

namespace hanok::engine {

using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

TypePtr merge(const TypePtr& a, const TypePtr& b, const XmlOptions& options);

TypePtr merge_structs(const DataType& a, const DataType& b, const XmlOptions& options) {
    std::map<std::string, TypePtr> merged;
    for (const auto& f : a.fields()) merged.emplace(f.name, f.type);
    for (const auto& f : b.fields()) {
        auto [it, added] = merged.emplace(f.name, f.type);
        if (!added) it->second = merge(it->second, f.type, options);
    }
    types::Fields fields;
    for (const auto& [name, type] : merged) fields.push_back({name, type, true, ""});
    return DataType::struct_(std::move(fields));
}

// An element that is text alone beside one with attributes: its text is a field.
TypePtr with_text(const DataType& element, const TypePtr& text, const XmlOptions& options) {
    auto alone = DataType::struct_({{options.value_tag, text, true, ""}});
    return merge_structs(element, *alone, options);
}

TypePtr merge(const TypePtr& a, const TypePtr& b, const XmlOptions& options) {
    if (a->is(TypeId::kNull) || a->equals(*b)) return b;
    if (b->is(TypeId::kNull)) return a;
    if (a->is(TypeId::kArray) || b->is(TypeId::kArray)) {
        return DataType::array(merge(a->is(TypeId::kArray) ? a->element() : a,
            b->is(TypeId::kArray) ? b->element() : b, options));
    }
    if (a->is(TypeId::kStruct) && b->is(TypeId::kStruct)) return merge_structs(*a, *b, options);
    if (a->is(TypeId::kStruct)) return with_text(*a, b, options);
    if (b->is(TypeId::kStruct)) return with_text(*b, a, options);
    if (a->is_numeric() && b->is_numeric()) {
        if (!a->is(TypeId::kDecimal) || !b->is(TypeId::kDecimal)) return DataType::double_();
        int scale = std::max(a->scale(), b->scale());
        int range = std::max(a->precision() - a->scale(), b->precision() - b->scale());
        return range + scale > 38 ? DataType::double_() : DataType::decimal(range + scale, scale);
    }
    auto dated = [](const DataType& t) { return t.is_datetime(); };
    if (dated(*a) && dated(*b)) return DataType::timestamp();
    return DataType::string();
}

class Inference {
public:
    explicit Inference(const XmlOptions& options) : options_(options), dates_(options.values) {}

    TypePtr element(const xmlNode& node) {
        bool has_attributes = !options_.exclude_attribute && node.properties != nullptr;
        if (has_attributes || has_child_elements(node)) return object(node);
        return text(xml_inner_text(node));
    }

    TypePtr object(const xmlNode& node) {
        std::map<std::string, TypePtr> found;
        auto add = [&](const std::string& name, const TypePtr& type) {
            auto [it, added] = found.emplace(name, type);
            if (added) return;
            auto old = it->second->is(TypeId::kArray) ? it->second->element() : it->second;
            it->second = DataType::array(merge(old, type, options_));
        };
        for (auto* a = options_.exclude_attribute ? nullptr : node.properties; a; a = a->next) {
            auto name = xml_name(reinterpret_cast<const xmlNode&>(*a), options_.ignore_namespace);
            add(options_.attribute_prefix + name, text(xml_attribute_value(*a)));
        }
        for (auto* child = node.children; child; child = child->next) {
            if (child->type == XML_ELEMENT_NODE) {
                add(xml_name(*child, options_.ignore_namespace), element(*child));
            } else if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
                std::string words = reinterpret_cast<const char*>(child->content);
                if (words.find_first_not_of(" \t\r\n") != std::string::npos)
                    add(options_.value_tag, text(words));
            }
        }
        types::Fields fields;
        for (const auto& [name, type] : found) fields.push_back({name, type, true, ""});
        return DataType::struct_(std::move(fields));
    }

private:
    TypePtr text(std::string value) {
        if (options_.ignore_surrounding_spaces) {
            auto begin = value.find_first_not_of(" \t\r\n");
            value = begin == std::string::npos
                        ? ""
                        : value.substr(begin, value.find_last_not_of(" \t\r\n") - begin + 1);
        }
        if (value.empty() || value == options_.null_value) return DataType::null();
        if (!options_.infers_types) return DataType::string();
        if (java_integer(value, INT64_MIN, INT64_MAX)) return DataType::long_();
        auto last = value.back() | 0x20;
        if (last != 'd' && last != 'f') {
            if (auto decimal = decimal_of(value)) return decimal;
            if (java_double(value)) return DataType::double_();
        }
        return words(value);
    }

    TypePtr decimal_of(const std::string& value) const {
        types::Int128 unscaled = 0;
        int precision = 0;
        int scale = 0;
        bool fits = options_.prefers_decimal &&
                    types::parse_decimal(value, &unscaled, &precision, &scale);
        return fits ? DataType::decimal(precision, scale) : nullptr;
    }

    TypePtr words(const std::string& value) const {
        bool is_date = options_.values.date_format ? dates_.date(value).has_value()
                                                   : iso_date(value).has_value();
        if (options_.prefers_date && is_date) return DataType::date();
        bool dated = options_.values.timestamp_format || value.size() > 9;
        if (dated && dates_.timestamp(value)) return DataType::timestamp();
        auto lower = types::to_lower(value);
        if (lower == "true" || lower == "false") return DataType::boolean();
        return DataType::string();
    }

    const XmlOptions& options_;
    DateTimeReader dates_;
};

// What never had a value is STRING.
TypePtr settle(const TypePtr& type) {
    if (type->is(TypeId::kNull)) return DataType::string();
    if (type->is(TypeId::kArray)) return DataType::array(settle(type->element()));
    if (!type->is(TypeId::kStruct)) return type;
    types::Fields fields;
    for (const auto& f : type->fields()) fields.push_back({f.name, settle(f.type), true, ""});
    return DataType::struct_(std::move(fields));
}

}  // namespace

TypePtr infer_xml_schema(const xmlNode& root, const XmlOptions& options) {
    return settle(Inference(options).object(root));
}

void XmlSchemaInference::add(const xmlNode& root) {
    auto type = Inference(options_).object(root);
    type_ = type_ ? merge(type_, type, options_) : type;
}

types::TypePtr XmlSchemaInference::finish() const {
    return type_ ? settle(type_) : DataType::struct_({});
}

}  // namespace hanok::engine
