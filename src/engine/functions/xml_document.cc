#include "engine/functions/xml_document.h"

#include <libxml/parser.h>

#include <climits>

namespace hanok::engine {

namespace {

const char* chars(const xmlChar* text) { return text ? reinterpret_cast<const char*>(text) : ""; }

}  // namespace

void XmlDocumentDeleter::operator()(xmlDoc* document) const { xmlFreeDoc(document); }

XmlDocument parse_xml(std::string_view text) {
    if (text.empty() || text.size() > INT_MAX) return nullptr;
    static const bool initialized = (xmlInitParser(), true);
    (void)initialized;
    constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                             XML_PARSE_NOCDATA;
    return XmlDocument(
        xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", kOptions));
}

std::string xml_name(const xmlNode& node, bool ignore_namespace) {
    std::string name = chars(node.name);
    if (ignore_namespace || node.ns == nullptr || node.ns->prefix == nullptr) return name;
    return std::string(chars(node.ns->prefix)) + ":" + name;
}

std::string xml_attribute_value(const xmlAttr& attribute) {
    auto* content = xmlNodeGetContent(reinterpret_cast<const xmlNode*>(&attribute));
    std::string value = chars(content);
    xmlFree(content);
    return value;
}

bool has_child_elements(const xmlNode& element) {
    for (auto* child = element.children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) return true;
    }
    return false;
}

void append_xml_escaped(std::string& out, std::string_view text, bool is_attribute) {
    for (char c : text) {
        switch (c) {
            case '<': out += "&lt;"; break;
            case '&': out += "&amp;"; break;
            case '>':
                if (is_attribute) {
                    out += c;
                } else {
                    out += "&gt;";
                }
                break;
            case '"':
                if (is_attribute) {
                    out += "&quot;";
                } else {
                    out += c;
                }
                break;
            default: out += c;
        }
    }
}

std::string xml_inner_text(const xmlNode& element) {
    std::string out;
    for (auto* child = element.children; child; child = child->next) {
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
            out += chars(child->content);
        } else if (child->type == XML_ELEMENT_NODE) {
            auto name = xml_name(*child, false);
            out += "<" + name;
            for (auto* a = child->properties; a; a = a->next) {
                out += " " + std::string(chars(a->name)) + "=\"";
                append_xml_escaped(out, xml_attribute_value(*a), true);
                out += '"';
            }
            out += ">" + xml_inner_text(*child) + "</" + name + ">";
        }
    }
    return out;
}

}  // namespace hanok::engine
