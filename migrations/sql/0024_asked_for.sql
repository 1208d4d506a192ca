-- Others are looked for with the same specialist when a hold has ended, where one was chosen.

ALTER TABLE patient_holds ADD COLUMN specialist_id UUID;

ALTER TABLE patient_holds ADD CONSTRAINT fk_patient_holds_specialist FOREIGN KEY (tenant_id, specialist_id) REFERENCES specialists (tenant_id, id);
