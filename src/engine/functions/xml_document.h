#pragma once
// XML texts as trees (libxml2). Nothing outside the text is ever read: no external entities, no
// DTD.

#include <libxml/tree.h>

#include <memory>
#include <string>
#include <string_view>

namespace hanok::engine {

struct XmlDocumentDeleter {
    void operator()(xmlDoc* document) const;
};
using XmlDocument = std::unique_ptr<xmlDoc, XmlDocumentDeleter>;

// Null when the text is not well-formed.
XmlDocument parse_xml(std::string_view text);

// "b", or "x:b" where the node has a prefix and names keep theirs.
std::string xml_name(const xmlNode& node, bool ignore_namespace);
std::string xml_attribute_value(const xmlAttr& attribute);
// The text between an element's tags; child elements with their tags.
std::string xml_inner_text(const xmlNode& element);
bool has_child_elements(const xmlNode& element);

void append_xml_escaped(std::string& out, std::string_view text, bool is_attribute);

}  // namespace hanok::engine
