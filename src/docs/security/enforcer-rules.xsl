<?xml version="1.0" encoding="UTF-8"?>
<!-- Makes a rule of the Maven Enforcer of each vulnerability: a warning if it says why it does no harm, else an error. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="xml"/>

  <xsl:template match="/vulnerabilities">
    <enforcer>
      <rules>
        <xsl:apply-templates select="vulnerability"/>
      </rules>
    </enforcer>
  </xsl:template>

  <xsl:template match="vulnerability">
    <bannedDependencies>
      <level>
        <xsl:choose>
          <xsl:when test="normalize-space(mitigated | accepted)">WARN</xsl:when>
          <xsl:otherwise>ERROR</xsl:otherwise>
        </xsl:choose>
      </level>
      <message>
        <xsl:value-of select="concat(@id, ', ', normalize-space(what), '. ')"/>
        <xsl:choose>
          <xsl:when test="normalize-space(mitigated)">
            <xsl:value-of select="concat('Mitigated: ', normalize-space(mitigated))"/>
          </xsl:when>
          <xsl:when test="normalize-space(accepted)">
            <xsl:value-of select="concat('Accepted: ', normalize-space(accepted))"/>
          </xsl:when>
          <xsl:otherwise>
            <xsl:value-of select="concat('Affected: ', @affected, '. Take another version, or say in src/docs/security/vulnerabilities.xml what mitigates it')"/>
          </xsl:otherwise>
        </xsl:choose>
      </message>
      <excludes>
        <exclude><xsl:value-of select="concat(@package, ':', @affected, ':jar:compile')"/></exclude>
        <exclude><xsl:value-of select="concat(@package, ':', @affected, ':jar:runtime')"/></exclude>
      </excludes>
    </bannedDependencies>
  </xsl:template>
</xsl:stylesheet>
