#include "engine/functions/xml_values.h"

#include <algorithm>

#include "engine/functions/xml_document.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;
using types::TypeId;

namespace {

std::string trimmed(const std::string& text) {
    auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) return "";
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool is_text(const xmlNode& node) {
    return node.type == XML_TEXT_NODE || node.type == XML_CDATA_SECTION_NODE;
}

std::string content(const xmlNode& node) {
    return node.content ? reinterpret_cast<const char*>(node.content) : "";
}

// xs:boolean: true, false, 1 and 0.
std::string boolean_text(const std::string& text) {
    auto lower = types::to_lower(text);
    return lower == "1" ? "true" : lower == "0" ? "false" : lower;
}

std::string without_commas(std::string text) {
    std::erase(text, ',');
    return text;
}

}  // namespace

XmlValueWriter::XmlValueWriter(
    const types::DataType& type, const XmlOptions& options, const std::string& column)
    : type_(type), options_(options) {
    auto add = [&](const types::DataType& child, const std::string& name) {
        children_.push_back(std::make_unique<XmlValueWriter>(child, options, name));
    };
    if (type.is(TypeId::kArray)) {
        add(*type.element(), column);
    } else if (type.is(TypeId::kMap)) {
        add(*type.value(), column);
    } else if (type.is(TypeId::kStruct)) {
        for (size_t i = 0; i < type.fields().size(); ++i) {
            add(*type.fields()[i].type, type.fields()[i].name);
            fields_.emplace(type.fields()[i].name, i);
        }
    } else {
        text_ = std::make_unique<TextValueWriter>(type, options.values, "xml", column);
    }
}

XmlValueWriter* XmlValueWriter::field(const std::string& name, size_t* index) {
    auto it = fields_.find(name);
    if (it == fields_.end()) return nullptr;
    *index = it->second;
    return children_[it->second].get();
}

bool XmlValueWriter::write_text(Vector& vector, idx_t row, std::string text) {
    if (options_.ignore_surrounding_spaces) text = trimmed(text);
    if (text == options_.null_value) {
        FlatVector::SetNull(vector, row, true);
        return true;
    }
    switch (type_.id()) {
        case TypeId::kBoolean: text = boolean_text(text); break;
        case TypeId::kDecimal: text = without_commas(text); break;
        default: break;
    }
    FlatVector::SetNull(vector, row, false);
    return text_->write(vector, row, text);
}

// A text, an attribute or an element.
bool XmlValueWriter::write_node(Vector& vector, idx_t row, const xmlNode& node) {
    if (node.type == XML_ELEMENT_NODE) return write(vector, row, node);
    if (text_) return write_text(vector, row, content(node));
    FlatVector::SetNull(vector, row, true);
    return false;
}

bool XmlValueWriter::write(Vector& vector, idx_t row, const xmlNode& element) {
    if (type_.is(TypeId::kStruct)) {
        if (!is_blank_struct(element)) return write_struct(vector, row, element);
        FlatVector::SetNull(vector, row, true);
        return true;
    }
    if (type_.is(TypeId::kMap)) return write_map(vector, row, element);
    if (type_.is(TypeId::kArray)) return write_list(vector, row, {&element});
    return write_element(vector, row, element);
}

bool XmlValueWriter::write_element(Vector& vector, idx_t row, const xmlNode& element) {
    if (type_.is_string()) return write_text(vector, row, xml_inner_text(element));
    std::string text;
    bool has_elements = false;
    for (auto* child = element.children; child; child = child->next) {
        if (is_text(*child)) text += content(*child);
        has_elements = has_elements || child->type == XML_ELEMENT_NODE;
    }
    if (!has_elements && !trimmed(text).empty()) return write_text(vector, row, text);
    FlatVector::SetNull(vector, row, true);
    return !has_elements;
}

// An element without content and without attributes that the struct has is NULL.
bool XmlValueWriter::is_blank_struct(const xmlNode& element) const {
    for (auto* a = element.properties; a; a = a->next) {
        auto name = xml_name(reinterpret_cast<const xmlNode&>(*a), options_.ignore_namespace);
        if (fields_.contains(options_.attribute_prefix + name)) return false;
    }
    return element.children == nullptr;
}

bool XmlValueWriter::write_attributes(Vector& vector, idx_t row, const xmlNode& element) {
    bool good = true;
    if (options_.exclude_attribute) return good;
    auto& columns = duckdb::StructVector::GetEntries(vector);
    for (auto* a = element.properties; a; a = a->next) {
        size_t i = 0;
        auto name = xml_name(reinterpret_cast<const xmlNode&>(*a), options_.ignore_namespace);
        auto* writer = field(options_.attribute_prefix + name, &i);
        if (writer && writer->text_)
            good = writer->write_text(*columns[i], row, xml_attribute_value(*a)) && good;
    }
    return good;
}

bool XmlValueWriter::write_struct(Vector& vector, idx_t row, const xmlNode& element) {
    FlatVector::SetNull(vector, row, false);
    auto& columns = duckdb::StructVector::GetEntries(vector);
    for (auto& column : columns) FlatVector::SetNull(*column, row, true);
    bool good = write_attributes(vector, row, element);
    std::vector<std::vector<const xmlNode*>> lists(children_.size());
    for (auto* child = element.children; child; child = child->next) {
        bool element_node = child->type == XML_ELEMENT_NODE;
        if (!element_node && (!is_text(*child) || trimmed(content(*child)).empty())) continue;
        size_t i = 0;
        auto* writer = field(
            element_node ? xml_name(*child, options_.ignore_namespace) : options_.value_tag, &i);
        if (!writer) continue;
        if (writer->type_.is(TypeId::kArray)) {
            lists[i].push_back(child);
            continue;
        }
        FlatVector::SetNull(*columns[i], row, false);
        good = writer->write_node(*columns[i], row, *child) && good;
    }
    for (size_t i = 0; i < lists.size(); ++i) {
        if (lists[i].empty()) continue;
        good = children_[i]->write_list(*columns[i], row, lists[i]) && good;
    }
    return good;
}

bool XmlValueWriter::write_list(
    Vector& vector, idx_t row, const std::vector<const xmlNode*>& nodes) {
    auto offset = duckdb::ListVector::GetListSize(vector);
    duckdb::ListVector::Reserve(vector, offset + nodes.size());
    duckdb::ListVector::SetListSize(vector, offset + nodes.size());
    bool good = true;
    for (size_t i = 0; i < nodes.size(); ++i) {
        auto& child = duckdb::ListVector::GetEntry(vector);
        good = children_[0]->write_node(child, offset + i, *nodes[i]) && good;
    }
    FlatVector::SetNull(vector, row, false);
    FlatVector::GetData<duckdb::list_entry_t>(vector)[row] = {offset, nodes.size()};
    return good;
}

bool XmlValueWriter::write_map(Vector& vector, idx_t row, const xmlNode& element) {
    std::vector<std::pair<std::string, const xmlNode*>> entries;
    auto put = [&](const std::string& name, const xmlNode* node) {
        auto it = std::find_if(
            entries.begin(), entries.end(), [&](const auto& e) { return e.first == name; });
        if (it == entries.end()) {
            entries.emplace_back(name, node);
        } else {
            it->second = node;
        }
    };
    for (auto* a = options_.exclude_attribute ? nullptr : element.properties; a; a = a->next) {
        const auto& node = reinterpret_cast<const xmlNode&>(*a);
        put(options_.attribute_prefix + xml_name(node, options_.ignore_namespace), &node);
    }
    for (auto* child = element.children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            put(xml_name(*child, options_.ignore_namespace), child);
    }
    auto offset = duckdb::ListVector::GetListSize(vector);
    duckdb::ListVector::Reserve(vector, offset + entries.size());
    duckdb::ListVector::SetListSize(vector, offset + entries.size());
    bool good = true;
    for (size_t i = 0; i < entries.size(); ++i) {
        auto& keys = duckdb::MapVector::GetKeys(vector);
        auto& values = duckdb::MapVector::GetValues(vector);
        FlatVector::GetData<duckdb::string_t>(keys)[offset + i] =
            duckdb::StringVector::AddStringOrBlob(
                keys, entries[i].first.data(), entries[i].first.size());
        const auto& node = *entries[i].second;
        if (node.type == XML_ATTRIBUTE_NODE) {
            auto text = xml_attribute_value(reinterpret_cast<const xmlAttr&>(node));
            bool fits = children_[0]->text_ != nullptr;
            if (fits) {
                fits = children_[0]->write_text(values, offset + i, text);
            } else {
                FlatVector::SetNull(values, offset + i, true);
            }
            good = fits && good;
        } else {
            good = children_[0]->write(values, offset + i, node) && good;
        }
    }
    FlatVector::SetNull(vector, row, false);
    FlatVector::GetData<duckdb::list_entry_t>(vector)[row] = {offset, entries.size()};
    return good;
}

}  // namespace hanok::engine
