/* bot/base/settings_documents.h — `documents` and `api` in gilbot.yaml.
 *
 * Thread: any.  Memory: as settings_table.h says.                                                                    */
#ifndef GILBOT_BASE_SETTINGS_DOCUMENTS_H
#define GILBOT_BASE_SETTINGS_DOCUMENTS_H

struct settings_table;

/* Fill a struct settings_documents and a struct settings_api. */
extern const struct settings_table settings_documents_table, settings_api_table;

#endif
